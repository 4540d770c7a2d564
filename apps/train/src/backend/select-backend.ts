import { setThreads } from '@hurwitz/scan';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { UserError } from '../errors.js';
import { loadTfjsNode, type NativeLoad } from './tfjs-node.js';

export const backendChoices = ['auto', 'tensorflow', 'wasm', 'cpu'] as const;
export type BackendChoice = (typeof backendChoices)[number];

export interface SelectedBackend {
  name: string;
  /** Why this one, in one sentence. */
  why: string;
}

/**
 * Makes a backend the active one. `auto` takes the GPU's when its package is installed and loads, else
 * WebAssembly, else plain JavaScript.
 *
 * @throws UserError when the backend asked for by name cannot be had, with what to do.
 */
export async function selectBackend(
  choice: BackendChoice,
  { threads, warn }: { threads?: number; warn: (message: string) => void },
): Promise<SelectedBackend> {
  const selected = await activate(choice, warn);
  await tf.ready();
  if (threads !== undefined) setThreads(threads);
  return selected;
}

async function activate(choice: BackendChoice, warn: (message: string) => void): Promise<SelectedBackend> {
  if (choice === 'tensorflow') return tensorflowByName();
  if (choice === 'wasm' || choice === 'cpu') {
    if (await tf.setBackend(choice)) return { name: choice, why: 'asked for by name' };
    throw new UserError(`The backend ${choice} does not start on this machine; try --backend cpu.`);
  }
  const gpu = loadTfjsNode('@tensorflow/tfjs-node-gpu');
  if (gpu.loaded && (await tf.setBackend('tensorflow'))) {
    return { name: 'tensorflow', why: `${gpu.name} is installed` };
  }
  if (!gpu.loaded && gpu.installed)
    warn(`${gpu.name} is installed but does not load, so wasm is used. ${gpu.reason}`);
  if (await tf.setBackend('wasm')) return { name: 'wasm', why: 'the embedded default' };
  await tf.setBackend('cpu');
  return { name: 'cpu', why: 'WebAssembly does not start here' };
}

async function tensorflowByName(): Promise<SelectedBackend> {
  const tried: NativeLoad[] = [];
  for (const name of ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const) {
    const load = loadTfjsNode(name);
    if (load.loaded && (await tf.setBackend('tensorflow')))
      return { name: 'tensorflow', why: `${name} is installed` };
    tried.push(load);
  }
  const reasons = tried.map(
    (load) => `  ${load.name}: ${load.loaded ? 'loaded, but did not start' : load.reason}`,
  );
  throw new UserError(
    [
      '--backend tensorflow needs @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node:',
      ...reasons,
      '--backend wasm needs neither.',
    ].join('\n'),
  );
}
