/** States of a worker's word in the shared memory. */
export enum Slot {
  starting,
  idle,
  running,
  failed,
}

/**
 * The program of a worker, as text so that no file has to be found: sleep until the own word says `running`, take tasks
 * until none is left, say `idle` again.
 */
export const workerSource = `
const start = ({ module, memory, control, slot, thread }) => {
  const word = new Int32Array(memory.buffer, slot, 1);
  const { work } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  Atomics.store(word, 0, ${Slot.idle});
  for (;;) {
    Atomics.wait(word, 0, ${Slot.idle});
    let next = ${Slot.idle};
    try {
      work(control, thread);
    } catch {
      next = ${Slot.failed};
    }
    Atomics.store(word, 0, next);
    Atomics.notify(word, 0);
    if (next === ${Slot.failed}) return;
  }
};
const node = globalThis.process?.getBuiltinModule?.('node:worker_threads');
if (node) start(node.workerData);
else globalThis.onmessage = (event) => start(event.data);
`;
