import { cpus, freemem, totalmem } from 'node:os';
import { arithmetic } from '@hurwitz/kernels';
import { nativeCapabilities } from '@hurwitz/kernels-native';
import { capabilities } from '@hurwitz/scan';
import {
  loadTfjsNode,
  nvidiaGpus,
  problem,
  selectBackend,
  type TfjsNode,
  tfjsNodePackages,
  withoutChatter,
} from '@hurwitz/training/backends';
import * as tf from '@tensorflow/tfjs-core';

/** `hurwitz doctor`: what this machine offers, what works of it, and what `--backend auto` takes. */
export async function doctor(): Promise<void> {
  const rows: [string, string][] = [
    ['Node', `${process.versions.node}, ${process.platform}-${process.arch}`],
    ['Processor', `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} threads`],
    ['Memory', `${gibibytes(totalmem())} GiB, ${gibibytes(freemem())} GiB of it free`],
    ...gpuRows(),
    ...recurrenceRows(),
    ...(await backendRows()),
    ...(await autoRows()),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, text] of rows) console.log(`${name.padEnd(width)}  ${text}`);
}

const gibibytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);

function gpuRows(): [string, string][] {
  const gpus = nvidiaGpus();
  if (gpus.length === 0) return [['GPU', 'none that nvidia-smi knows']];
  return gpus.map(({ name, memory, driver }) => ['GPU', `${name}, ${memory}, driver ${driver}`]);
}

/** What computes recurrences here, and everything that could. */
function recurrenceRows(): [string, string][] {
  const { simd, relaxedSimd, threads, reasons } = capabilities();
  const { instructionSets, absence } = nativeCapabilities();
  const missing = Object.values(reasons).map((reason) => ` (${reason})`);
  const instructions = relaxedSimd ? 'SIMD with fused multiply-add' : 'SIMD';
  return [
    ['Recurrence', `${arithmetic()}, threads: ${threads}`],
    ['  native code', absence === undefined ? instructionSets.join(', ') : `no: ${absence}`],
    ['  WebAssembly', `${simd ? instructions : 'no'}${missing.join('')}`],
  ];
}

/** Every backend, tried with a computation. */
async function backendRows(): Promise<[string, string][]> {
  const native = tensorflowPackages();
  const loaded = native.find((load) => load.state === 'loaded');
  const rows: [string, string][] = native
    .filter((load) => load.state !== 'loaded')
    .map((load) => [
      load.name,
      load.state === 'absent'
        ? `not installed, and only --backend tensorflow needs it: npm install ${load.name}`
        : problem(load),
    ]);
  if (loaded?.state === 'loaded') {
    const { name, version, folder, tensorflow, device } = loaded;
    rows.unshift([name, `${version} with TensorFlow ${tensorflow} on the ${device}, in ${folder}`]);
    rows.push(['tensorflow', await verdict('tensorflow')]);
  } else {
    rows.push(['tensorflow', 'no: see above']);
  }
  for (const name of ['wasm', 'cpu']) rows.push([name, await verdict(name)]);
  return rows;
}

/** The packages up to the first that loads: only one can have the backend. */
function tensorflowPackages(): TfjsNode[] {
  const loads: TfjsNode[] = [];
  for (const name of tfjsNodePackages) {
    loads.push(loadTfjsNode(name));
    if (loads.at(-1)?.state === 'loaded') break;
  }
  return loads;
}

async function verdict(backend: string): Promise<string> {
  try {
    if (!(await tf.setBackend(backend))) return 'no: it does not start';
    const [product] = tf.tidy(() => withoutChatter(() => tf.matMul([[1, 2]], [[3], [4]]).dataSync()));
    return product === 11 ? 'works' : `no: it computes [1 2][3 4]ᵀ = ${product}`;
  } catch (error) {
    return `no: ${(error as Error).message}`;
  }
}

async function autoRows(): Promise<[string, string][]> {
  const warnings: string[] = [];
  const { name, why } = await selectBackend('auto', { warn: (message) => warnings.push(message) });
  return [
    ['--backend auto', `takes ${name}: ${why}`],
    ...warnings.map((warning): [string, string] => ['', `and warns: ${warning}`]),
  ];
}
