import type {
  Network,
  TangentBatch,
  TangentFault,
  TangentGrowth,
  TangentOptions,
  TangentWork,
} from '../contract.js';
import { kernels, type Machine } from '../machine.js';
import { Program } from '../runtime/control.js';
import type { MemoryBlock } from '../runtime/memory-block.js';
import { Fault, Field } from './fields.js';
import { numbersAt } from './panels.js';
import {
  batchBlock,
  bytesEach,
  multiplyAdds,
  type PartName,
  type Sizes,
  scratchBytes,
  sizesOf,
} from './plan.js';
import { describeNetwork } from './weights.js';

const wording = {
  where: 'lyapunov',
  memory: 'memory',
  fix: 'Take fewer trajectories at a time, follow fewer exponents, or dispose() of steppers that are done.',
};

/** Work below this many multiply-adds is not worth waking a thread for. */
const PARALLEL_FROM = 1e6;

/** Memory of batches that were forgotten without being released. */
const forgotten = new FinalizationRegistry<{ machine: Machine; block: MemoryBlock<PartName> }>(
  ({ machine, block }) => block.release(machine.heap),
);

/** Trajectories of a network in WebAssembly: states in float64, tangents in either precision. */
export class WebAssemblyBatch implements TangentBatch {
  private readonly sizes: Sizes;
  private readonly threads: number;
  private readonly block: MemoryBlock<PartName>;
  private released = false;
  /** Views of what the factorisations found, made when needed. */
  private results: TangentGrowth[] = [];

  constructor(
    private readonly machine: Machine,
    network: Network,
    private readonly options: TangentOptions,
  ) {
    const sizes = sizesOf(network, options);
    this.sizes = sizes;
    this.threads = Math.min(options.batch, kernels.threads);
    this.block = batchBlock(network, sizes, { ...options, threads: this.threads });
    const { heap } = machine;
    this.block.allocateZeros(heap, wording);
    forgotten.register(this, { machine, block: this.block }, this);
    this.describe(network);
    describeNetwork(network, sizes, {
      block: this.block,
      buffer: heap.memory.buffer,
      job: this.job(),
    });
  }

  private get buffer(): ArrayBufferLike {
    return this.machine.heap.memory.buffer;
  }

  private job(): Uint32Array {
    return new Uint32Array(this.buffer, this.block.at('job'), Field.fields);
  }

  private describe(network: Network): void {
    const { sizes, block } = this;
    const { batch, count, precision } = this.options;
    const job = this.job();
    block.writeAddresses(job, Field);
    for (const [name, bytes] of Object.entries(bytesEach(sizes, count))) {
      if (`${name}Each` in Field) job[Field[`${name}Each` as keyof typeof Field]] = bytes;
    }
    const values: [Field, number][] = [
      [Field.single, precision === 'float32' ? 1 : 0],
      [Field.stateSize, sizes.stateSize],
      [Field.count, count],
      [Field.panels, sizes.panels],
      [Field.rows, sizes.rows],
      [Field.tangentSize, sizes.tangentSize],
      [Field.panelBytes, sizes.panelBytes],
      [Field.scratchEach, scratchBytes(network, sizes)],
      [Field.tasks, batch],
    ];
    for (const [field, value] of values) job[field] = value;
  }

  inputs(): Float64Array {
    return this.doubles('inputs', this.options.batch * this.sizes.inputSize);
  }

  run({ step, factorise, afterOneStep, only }: TangentWork): TangentFault | undefined {
    const { batch } = this.options;
    const job = this.job();
    job[Field.step] = step ? 1 : 0;
    job[Field.factorise] = factorise ? 1 : 0;
    job[Field.afterOneStep] = afterOneStep ? 1 : 0;
    if (only === undefined) this.dispatch(batch);
    else this.dispatchAlone(only, job);
    const faults = new Uint32Array(this.buffer, this.block.at('faults'), batch);
    const trajectory = faults.findIndex((fault) => fault !== Fault.none);
    if (trajectory < 0) return undefined;
    const quantity = faults[trajectory] === Fault.state ? 'state' : 'tangent';
    faults.fill(Fault.none);
    return { quantity, trajectory };
  }

  /** A job of one trajectory, whose blocks are those of the first. */
  private dispatchAlone(trajectory: number, job: Uint32Array): void {
    const { frame, growth, unresolved, faults } = bytesEach(this.sizes, this.options.count);
    const shifts = Object.entries({ frame, growth, unresolved, faults }) as [keyof typeof Field, number][];
    for (const [name, each] of shifts) job[Field[name]]! += trajectory * each;
    job[Field.tasks] = 1;
    try {
      this.dispatch(this.options.batch);
    } finally {
      for (const [name, each] of shifts) job[Field[name]]! -= trajectory * each;
      job[Field.tasks] = this.options.batch;
    }
  }

  private dispatch(batch: number): void {
    kernels.dispatch(this.machine, {
      program: Program.lyapunov,
      address: this.block.at('job'),
      most: this.threads,
      multiplyAdds: batch * multiplyAdds(this.sizes),
      parallelFrom: PARALLEL_FROM,
      wording,
    });
  }

  growth(): readonly TangentGrowth[] {
    const { batch, count } = this.options;
    const { buffer } = this;
    // Views of memory that has grown since may be detached.
    if (this.results[0]?.growth.buffer !== buffer) {
      const unresolved = this.block.at('unresolved');
      this.results = Array.from({ length: batch }, (_, b) => ({
        growth: this.doubles('growth', count, b * count),
        unresolved: new Uint8Array(buffer, unresolved + b * count, count),
      }));
    }
    return this.results;
  }

  state(trajectory: number): Float64Array {
    const { stateSize, width, units } = this.sizes;
    const all = this.doubles('state', stateSize, trajectory * stateSize);
    const state = new Float64Array((stateSize / width) * units);
    for (let i = 0; i < state.length; i++) state[i] = all[padded(i, this.sizes)]!;
    return state;
  }

  setState(trajectory: number, state: Float64Array): void {
    const { stateSize } = this.sizes;
    const all = this.doubles('state', stateSize, trajectory * stateSize).fill(0);
    for (let i = 0; i < state.length; i++) all[padded(i, this.sizes)] = state[i]!;
  }

  frame(trajectory: number): Float64Array {
    const { tangentSize: size, lanes, rows } = this.sizes;
    const { count } = this.options;
    const panels = this.panels(trajectory);
    const frame = new Float64Array(count * size);
    for (let i = 0; i < size; i++) {
      let at = padded(i, this.sizes) * lanes;
      for (let first = 0; first < count; first += lanes, at += rows * lanes) {
        const end = Math.min(count, first + lanes);
        for (let j = first; j < end; j++) frame[j * size + i] = panels[at + j - first]!;
      }
    }
    return frame;
  }

  setFrame(trajectory: number, frame: Float64Array): void {
    const { tangentSize: size, lanes, rows } = this.sizes;
    const panels = this.panels(trajectory).fill(0);
    for (let j = 0; j < this.options.count; j++) {
      const column = Math.floor(j / lanes) * rows * lanes + (j % lanes);
      for (let i = 0; i < size; i++) panels[column + padded(i, this.sizes) * lanes] = frame[j * size + i]!;
    }
  }

  hasRows(trajectory: number, least: number): boolean {
    const { lanes, rows } = this.sizes;
    const panels = this.panels(trajectory);
    const panelLength = rows * lanes;
    let found = 0;
    for (let t = 0; t < rows && found < least; t++) {
      search: for (let row = t * lanes; row < panels.length; row += panelLength) {
        for (let at = row; at < row + lanes; at++) {
          if (panels[at] === 0) continue;
          found++;
          break search;
        }
      }
    }
    return found >= least;
  }

  release(): void {
    if (this.released) return;
    this.released = true;
    forgotten.unregister(this);
    this.block.release(this.machine.heap);
  }

  /** The numbers of a frame. */
  private panels(trajectory: number): Float32Array | Float64Array {
    const { panels, panelBytes, lanes } = this.sizes;
    const bytes = panels * panelBytes;
    return numbersAt(this.buffer, {
      at: this.block.at('frame') + trajectory * bytes,
      length: bytes / (lanes === 8 ? 4 : 8),
      lanes,
    });
  }

  private doubles(part: PartName, length: number, from = 0): Float64Array {
    return new Float64Array(this.buffer, this.block.at(part) + from * 8, length);
  }
}

/** The place of entry i of [h, c]. */
function padded(i: number, { units, width }: Sizes): number {
  return i < units ? i : i - units + width;
}
