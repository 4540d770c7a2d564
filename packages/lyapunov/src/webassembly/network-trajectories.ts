import { ExplodingTrajectoryError, LyapunovError } from '../errors.js';
import type { NetworkDescription } from '../network-description.js';
import { assertInputLength } from '../numeric-input.js';
import { type Due, type Growth, type InputOf, lostPositions, type Trajectories } from '../trajectories.js';
import { Fault, Field } from './fields.js';
import { JOB_BYTES, type Layout, layoutOf, multiplyAdds, Parts, type Precision } from './layout.js';
import { dispatch, type Machine, threadCount } from './machine.js';
import { numbersAt } from './panels.js';
import { describeNetwork, weightParts } from './weights.js';

export interface NetworkTrajectoriesOptions {
  batch: number;
  /** Tangent vectors of each trajectory. */
  count: number;
  precision: Precision;
  where: string;
}

/** Blocks of steppers that were forgotten without being released. */
const forgotten = new FinalizationRegistry<{ machine: Machine; at: number }>(({ machine, at }) =>
  machine.heap.release(at),
);

/** Trajectories of a network, propagated in WebAssembly: states in float64, tangents in either precision. */
export class NetworkTrajectories implements Trajectories {
  private readonly layout: Layout;
  private readonly threads: number;
  /** Address of the block that holds everything of this batch. */
  private readonly at: number;
  private readonly offsets: Record<
    'job' | 'inputs' | 'states' | 'frames' | 'growth' | 'unresolved' | 'faults',
    number
  >;
  private released = false;
  /** Views of what the factorisations found, made when needed. */
  private results: Growth[] = [];

  constructor(
    private readonly machine: Machine,
    private readonly network: NetworkDescription,
    private readonly options: NetworkTrajectoriesOptions,
  ) {
    const { batch, count, precision } = options;
    const layout = layoutOf(network, count, precision);
    this.layout = layout;
    this.threads = Math.min(batch, threadCount());
    const parts = new Parts();
    this.offsets = {
      job: parts.reserve(JOB_BYTES),
      inputs: parts.reserve(batch * this.inputSize * 8),
      states: parts.reserve(batch * layout.stateSize * 8),
      frames: parts.reserve(batch * layout.panels * layout.panelBytes),
      growth: parts.reserve(batch * count * 8),
      unresolved: parts.reserve(batch * count),
      faults: parts.reserve(batch * 4),
    };
    const weights = weightParts(network, layout, parts);
    const scratch = parts.reserve(this.threads * layout.scratchBytes);
    const { heap } = machine;
    this.at = heap.allocateZeros(parts.bytes);
    forgotten.register(this, { machine, at: this.at }, this);
    this.describe(scratch);
    describeNetwork(network, layout, { weights, base: this.at, buffer: heap.memory.buffer, job: this.job() });
  }

  /** Numbers that one input has. */
  private get inputSize(): number {
    return this.network.tokens ? 1 : this.network.inputDim;
  }

  private job(): Uint32Array {
    return new Uint32Array(this.machine.heap.memory.buffer, this.at + this.offsets.job, Field.fields);
  }

  private describe(scratch: number): void {
    const { at, offsets, layout, inputSize } = this;
    const { batch, count, precision } = this.options;
    const frameEach = layout.panels * layout.panelBytes;
    const values: [Field, number][] = [
      [Field.single, precision === 'float32' ? 1 : 0],
      [Field.inputs, at + offsets.inputs],
      [Field.inputsEach, inputSize * 8],
      [Field.state, at + offsets.states],
      [Field.stateEach, layout.stateSize * 8],
      [Field.stateSize, layout.stateSize],
      [Field.count, count],
      [Field.panels, layout.panels],
      [Field.rows, layout.rows],
      [Field.tangentSize, layout.tangentSize],
      [Field.frame, at + offsets.frames],
      [Field.frameEach, frameEach],
      [Field.panelBytes, layout.panelBytes],
      [Field.growth, at + offsets.growth],
      [Field.growthEach, count * 8],
      [Field.unresolved, at + offsets.unresolved],
      [Field.unresolvedEach, count],
      [Field.faults, at + offsets.faults],
      [Field.scratch, at + scratch],
      [Field.scratchEach, layout.scratchBytes],
      [Field.tasks, batch],
    ];
    const job = this.job();
    for (const [field, value] of values) job[field] = value;
  }

  advance(inputOf: InputOf, step: number, due: Due): void {
    this.assertInUse();
    const { batch } = this.options;
    const inputs = this.doubles('inputs', batch * this.inputSize);
    for (let b = 0; b < batch; b++) {
      const input = inputOf(b);
      this.checkInput(input);
      inputs.set(input, b * this.inputSize);
    }
    this.dispatch(true, step + 1, due);
  }

  factorise(step: number, due: Due): void {
    this.dispatch(false, step, due);
  }

  drain(visit: (trajectory: number, growth: Growth) => void): void {
    const { batch, count } = this.options;
    const { buffer } = this.machine.heap.memory;
    // Views of memory that has grown since may be detached.
    if (this.results[0]?.growth.buffer !== buffer) {
      const unresolved = this.at + this.offsets.unresolved;
      this.results = Array.from({ length: batch }, (_, b) => ({
        growth: this.doubles('growth', count, b * count),
        unresolved: new Uint8Array(buffer, unresolved + b * count, count),
      }));
    }
    for (const [b, result] of this.results.entries()) {
      visit(b, result);
      result.growth.fill(0);
    }
  }

  states(): number[][] {
    this.assertInUse();
    const { stateSize, width, units } = this.layout;
    const all = this.doubles('states', this.options.batch * stateSize);
    return Array.from({ length: this.options.batch }, (_, b) => {
      const padded = all.subarray(b * stateSize, (b + 1) * stateSize);
      const parts = Array.from({ length: stateSize / width }, (_, part) =>
        Array.from(padded.subarray(part * width, part * width + units)),
      );
      return parts.flat();
    });
  }

  restart(starts: readonly Float64Array[], frame: Float64Array): void {
    this.assertInUse();
    const { layout } = this;
    const { stateSize } = layout;
    const { batch, count } = this.options;
    const states = this.doubles('states', batch * stateSize).fill(0);
    for (const [b, start] of starts.entries()) {
      for (let i = 0; i < start.length; i++) states[b * stateSize + padded(i, layout)] = start[i]!;
      this.writeFrame(b, frame);
    }
    this.doubles('growth', batch * count).fill(0);
  }

  frame(trajectory: number): Float64Array {
    const { tangentSize: size, lanes, rows } = this.layout;
    const { count } = this.options;
    const panels = this.panels(trajectory);
    const frame = new Float64Array(count * size);
    for (let i = 0; i < size; i++) {
      let at = padded(i, this.layout) * lanes;
      for (let first = 0; first < count; first += lanes, at += rows * lanes) {
        const end = Math.min(count, first + lanes);
        for (let j = first; j < end; j++) frame[j * size + i] = panels[at + j - first]!;
      }
    }
    return frame;
  }

  private writeFrame(trajectory: number, frame: Float64Array): void {
    const { tangentSize: size, lanes, rows } = this.layout;
    const panels = this.panels(trajectory).fill(0);
    for (let j = 0; j < this.options.count; j++) {
      const column = Math.floor(j / lanes) * rows * lanes + (j % lanes);
      for (let i = 0; i < size; i++) panels[column + padded(i, this.layout) * lanes] = frame[j * size + i]!;
    }
  }

  replaceFrame(trajectory: number, frame: Float64Array, step: number): readonly number[] {
    this.assertInUse();
    const { count, batch } = this.options;
    this.writeFrame(trajectory, frame);
    const growth = this.doubles('growth', count, trajectory * count).fill(0);
    // A job of this trajectory alone.
    const job = this.job();
    const { panels, panelBytes } = this.layout;
    const shifts: [Field, number][] = [
      [Field.frame, panels * panelBytes],
      [Field.growth, count * 8],
      [Field.unresolved, count],
      [Field.faults, 4],
    ];
    for (const [field, each] of shifts) job[field]! += trajectory * each;
    job[Field.tasks] = 1;
    try {
      this.dispatch(false, step, 'after one step');
    } finally {
      for (const [field, each] of shifts) job[field]! -= trajectory * each;
      job[Field.tasks] = batch;
    }
    const lost = lostPositions(growth);
    growth.fill(0);
    return lost;
  }

  hasRows(trajectory: number, least: number): boolean {
    const { lanes, rows } = this.layout;
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

  /** The numbers of a frame. */
  private panels(trajectory: number): Float32Array | Float64Array {
    const { panels, panelBytes, lanes } = this.layout;
    const bytes = panels * panelBytes;
    return numbersAt(this.machine.heap.memory.buffer, {
      at: this.at + this.offsets.frames + trajectory * bytes,
      length: bytes / (lanes === 8 ? 4 : 8),
      lanes,
    });
  }

  release(): void {
    if (this.released) return;
    this.released = true;
    forgotten.unregister(this);
    this.machine.heap.release(this.at);
  }

  private dispatch(steps: boolean, step: number, due: Due): void {
    this.assertInUse();
    const { batch, where } = this.options;
    const job = this.job();
    job[Field.step] = steps ? 1 : 0;
    job[Field.factorise] = due ? 1 : 0;
    job[Field.afterOneStep] = due === 'after one step' ? 1 : 0;
    const cost = batch * multiplyAdds(this.layout);
    dispatch(this.machine, this.at + this.offsets.job, { most: this.threads, multiplyAdds: cost });
    const faults = new Uint32Array(this.machine.heap.memory.buffer, this.at + this.offsets.faults, batch);
    const trajectory = faults.findIndex((fault) => fault !== Fault.none);
    if (trajectory < 0) return;
    const quantity = faults[trajectory] === Fault.state ? 'state' : 'tangent';
    faults.fill(Fault.none);
    throw new ExplodingTrajectoryError(where, quantity, step, trajectory);
  }

  /** The block may belong to another stepper by now. */
  private assertInUse(): void {
    if (!this.released) return;
    throw new LyapunovError(this.options.where, 'a stepper in use', 'one after dispose()', 'Make a new one.');
  }

  private checkInput(input: ArrayLike<number>): void {
    const { tokens, inputDim } = this.network;
    const { where } = this.options;
    assertInputLength(input, { size: this.inputSize, tokens, where });
    const token = input[0]!;
    if (tokens && (!Number.isInteger(token) || token < 0 || token >= inputDim)) {
      throw new LyapunovError(
        where,
        `tokens as whole numbers from 0 to ${inputDim - 1}`,
        `${token}`,
        'Use the vocabulary that the network was trained with.',
      );
    }
  }

  private doubles(part: keyof typeof this.offsets, length: number, from = 0): Float64Array {
    const { buffer } = this.machine.heap.memory;
    return new Float64Array(buffer, this.at + this.offsets[part] + from * 8, length);
  }
}

/** The place of entry i of [h, c]. */
function padded(i: number, { units, width }: Layout): number {
  return i < units ? i : i - units + width;
}
