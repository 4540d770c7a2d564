import { setThreads } from '@hurwitz/scan';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { UserError } from '../errors.js';
import type { BackendChoice } from './backend-choices.js';
import { whyNoGpu } from './gpu.js';
import { loadTfjsNode, type TfjsNode, tfjsNodePackages } from './tfjs-node.js';

export interface SelectedBackend {
  name: string;
  /** Why this one, in a few words. */
  why: string;
}

/**
 * Makes a backend the active one. `auto` takes `tensorflow` when it computes on a GPU, else WebAssembly, else plain
 * JavaScript; a GPU package that is installed but of no use is worth one warning.
 *
 * @throws UserError when the backend asked for by name cannot be had, with what is missing and what to do.
 */
export async function selectBackend(
  choice: BackendChoice,
  { threads, warn }: { threads?: number; warn: (message: string) => void },
): Promise<SelectedBackend> {
  if (threads !== undefined) {
    setThreads(threads);
    // Read by TensorFlow when it loads.
    process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
  }
  const selected =
    choice === 'auto' ? await best(warn) : choice === 'tensorflow' ? await tensorflow() : await named(choice);
  await tf.ready();
  return selected;
}

async function named(choice: 'wasm' | 'cpu'): Promise<SelectedBackend> {
  if (await tf.setBackend(choice)) return { name: choice, why: 'asked for by name' };
  throw new UserError(`The backend ${choice} does not start on this machine; try --backend cpu.`);
}

async function best(warn: (message: string) => void): Promise<SelectedBackend> {
  const gpu = loadTfjsNode('@tensorflow/tfjs-node-gpu');
  if (gpu.state === 'loaded' && gpu.device === 'GPU' && (await tf.setBackend('tensorflow'))) {
    return { name: 'tensorflow', why: `${gpu.name} computes on the GPU` };
  }
  const wasm = await tf.setBackend('wasm');
  const name = wasm ? 'wasm' : 'cpu';
  if (!wasm) await tf.setBackend('cpu');
  if (gpu.state === 'broken') warn(`${gpu.name} does not load, so ${name} is used. ${gpu.reason}`);
  if (gpu.state === 'loaded') {
    warn(`${gpu.name} would compute on the CPU, so ${name} is used. ${whyNoGpu(gpu)}`);
  }
  return { name, why: wasm ? 'the default without a GPU' : 'WebAssembly does not start here' };
}

async function tensorflow(): Promise<SelectedBackend> {
  const tried: TfjsNode[] = [];
  for (const name of tfjsNodePackages) {
    const load = loadTfjsNode(name);
    if (load.state === 'loaded' && (await tf.setBackend('tensorflow'))) {
      return { name: 'tensorflow', why: `${name} ${load.version} on the ${load.device}` };
    }
    tried.push(load);
  }
  throw new UserError(
    [
      '--backend tensorflow needs @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node, and neither works here.',
      ...tried.map((load) => `  ${load.name}: ${problem(load)}`),
      '--backend wasm needs neither.',
    ].join('\n'),
  );
}

/** What keeps a package from being used. */
export function problem(load: TfjsNode): string {
  if (load.state === 'absent') return `It is not installed. Run: npm install ${load.name}`;
  return load.state === 'broken' ? load.reason : 'It loads, but its backend does not start.';
}
