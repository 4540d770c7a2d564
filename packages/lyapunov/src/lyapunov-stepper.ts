import { ExplodingTrajectoryError, LyapunovError } from './errors.js';
import { GrowthRecord, type SpectrumEstimate } from './growth-record.js';
import { initialFrame } from './initial-frame.js';
import {
  assertAbove,
  assertInteger,
  describe,
  type InitialStateLike,
  readStates,
  type VectorLike,
} from './numeric-input.js';
import { type Factorisation, keepInRange, newFactorisation, orthonormalise } from './orthonormalise.js';
import { prepareSystem } from './prepare-system.js';
import type { FlowOptions, LyapunovSystem, TangentMap } from './system.js';

export interface StepperOptions extends FlowOptions {
  /** [n], or [batch][n] for several trajectories. Default: the system's own, or zeros. */
  initialState?: InitialStateLike;
  /** Number of trajectories when `initialState` does not tell; all then start alike and need different inputs. */
  batch?: number;
  /** Steps between QR factorisations. Larger is cheaper and resolves fewer of the strongly negative exponents. */
  qrInterval?: number;
  /** How many leading exponents. Default all. */
  exponents?: number;
  /** Base of the logarithm: Math.E for nats, 2 for bits. */
  base?: number;
}

/**
 * A prepared run of the QR method (Benettin et al. 1980; Vogt et al. 2022, Algorithm 1): Q <- J_t Q in the order of
 * time, Q R = Q every `qrInterval` steps, exponents as the mean of log R_jj.
 *
 * For inputs that arrive one by one, for reading the estimate while it forms, and for sweeps that restart from a new
 * state with everything allocated.
 */
export class LyapunovStepper {
  /** Number of trajectories. */
  readonly batch: number;
  /** Number of exponents that are followed. */
  readonly count: number;
  private readonly system: TangentMap;
  private readonly interval: number;
  private readonly unit: number;
  private readonly starts: Float64Array[];
  private readonly states: Float64Array[];
  private readonly frame: Float64Array;
  private readonly frames: Float64Array[];
  private readonly results: Factorisation[];
  private record: GrowthRecord;
  private time = 0;
  private waiting = 0;

  constructor(
    system: LyapunovSystem,
    options: StepperOptions,
    private readonly where: string,
  ) {
    const { initialState, qrInterval = 1, base = Math.E } = options;
    const given = initialState === undefined ? undefined : readStates(initialState, undefined, where);
    this.system = prepareSystem(system, given?.[0]?.length, options, where);
    const { exponents = this.system.tangentSize, batch = given?.length ?? 1 } = options;
    assertInteger(qrInterval, 'qrInterval', 1, where);
    assertInteger(exponents, 'exponents', 1, where);
    assertInteger(batch, 'batch', 1, where);
    assertAbove(base, 'base', 1, where);
    if (exponents > this.system.tangentSize) {
      throw new LyapunovError(
        where,
        `at most ${this.system.tangentSize} exponents, one per dimension of the state`,
        `exponents: ${exponents}`,
        'Ask for fewer.',
      );
    }
    if (given && given.length > 1 && given.length !== batch) {
      throw new LyapunovError(
        where,
        `one initial state, or one for each of the ${batch} trajectories`,
        `${given.length}`,
        'Make the batch sizes agree.',
      );
    }
    this.batch = batch;
    this.count = exponents;
    this.interval = qrInterval;
    this.unit = this.system.timeStep * Math.log(base);
    const source = given ?? [this.system.initialState];
    this.starts = Array.from({ length: batch }, (_, b) => source[source.length === 1 ? 0 : b]!);
    this.states = this.starts.map((start) => start.slice());
    this.frame = initialFrame(exponents, this.system.tangentSize);
    this.frames = this.starts.map(() => this.frame.slice());
    this.results = this.starts.map(() => newFactorisation(exponents, this.system.tangentSize));
    this.record = this.newRecord();
  }

  /** Steps that the estimate averages over. */
  get steps(): number {
    return this.record.steps + this.waiting;
  }

  /** Time that one step takes: 1 for maps, dt for flows. */
  get timeStep(): number {
    return this.system.timeStep;
  }

  /** A copy of the states now, [batch][n]. */
  currentStates(): number[][] {
    return this.states.map((state) => Array.from(state));
  }

  /**
   * One step of every trajectory with the given input: [inputDim] for all of them, or [batch][inputDim]. Returns the
   * stepper. Throws `ExplodingTrajectoryError` when a state or tangent stops being finite.
   */
  push(input: VectorLike | ArrayLike<ArrayLike<number>>): this {
    const rows = readStates(input, undefined, `${this.where}.push`).map((row) => Array.from(row));
    if (rows.length !== 1 && rows.length !== this.batch) {
      throw new LyapunovError(
        `${this.where}.push`,
        `one input vector, or one for each of the ${this.batch} trajectories`,
        describe(input),
        'Pass [inputDim] or [batch][inputDim].',
      );
    }
    this.step((b) => rows[rows.length === 1 ? 0 : b]!);
    return this;
  }

  /** `steps` steps without input, for autonomous systems. Returns the stepper. */
  run(steps: number): this {
    assertInteger(steps, 'steps', 0, `${this.where}.run`);
    for (let t = 0; t < steps; t++) this.step(noInput);
    return this;
  }

  /** One step; `inputOf` gives the input of each trajectory, already checked. */
  step(inputOf: (trajectory: number) => number[], factorise = true): void {
    const { system, count } = this;
    this.waiting++;
    const due = factorise && this.waiting >= this.interval;
    for (let b = 0; b < this.batch; b++) {
      const state = this.states[b]!;
      const frame = this.frames[b]!;
      system.advance(state, inputOf(b), frame, count, this.time);
      for (let i = 0; i < state.length; i++) {
        if (!Number.isFinite(state[i]))
          throw new ExplodingTrajectoryError(this.where, 'state', this.time + 1, b);
      }
      if (!due && !keepInRange(frame, system.tangentSize, this.results[b]!.growth)) {
        throw new ExplodingTrajectoryError(this.where, 'tangent', this.time + 1, b);
      }
    }
    this.time++;
    if (due) this.factorise();
  }

  /** Forgets the growth so far and keeps states and frames: the end of a warm-up, or of a window. */
  discard(): this {
    this.factorise();
    this.record = this.newRecord();
    return this;
  }

  /** Starts anew from the first states, or from `initialState` ([n] or [batch][n]), without allocating frames. */
  reset(initialState?: InitialStateLike): this {
    if (initialState !== undefined) {
      const given = readStates(initialState, this.system.stateSize, `${this.where}.reset`);
      if (given.length !== 1 && given.length !== this.batch) {
        throw new LyapunovError(
          `${this.where}.reset`,
          `one initial state, or ${this.batch}`,
          `${given.length}`,
          'Make the batch sizes agree.',
        );
      }
      this.starts.forEach((_, b) => {
        this.starts[b] = given[given.length === 1 ? 0 : b]!;
      });
    }
    for (let b = 0; b < this.batch; b++) {
      this.states[b]!.set(this.starts[b]!);
      this.frames[b]!.set(this.frame);
      this.results[b]!.growth.fill(0);
    }
    this.time = 0;
    this.waiting = 0;
    this.record = this.newRecord();
    return this;
  }

  /** The exponents so far. Throws when no step has been counted. */
  estimate(): SpectrumEstimate {
    this.factorise();
    if (this.record.steps === 0) {
      throw new LyapunovError(this.where, 'at least one counted step', 'none', 'Take a step first.');
    }
    return this.record.estimate(this.unit);
  }

  /**
   * Exponents in the order of the QR, mean over the batch, or of one trajectory; not sorted, so that a position means
   * the same direction at every time.
   */
  rates(trajectory?: number): number[] {
    this.factorise();
    const { record, unit } = this;
    return Array.from({ length: this.count }, (_, j) =>
      trajectory === undefined ? record.meanRate(j) / unit : record.rate(trajectory, j) / unit,
    );
  }

  /** Positions in the order of the QR, largest exponent first. */
  order(): number[] {
    return this.record.order();
  }

  /** QR of every frame, when steps wait for one. */
  private factorise(): void {
    if (this.waiting === 0) return;
    for (let b = 0; b < this.batch; b++) {
      const result = this.results[b]!;
      if (!orthonormalise(this.frames[b]!, result, this.waiting === 1)) {
        throw new ExplodingTrajectoryError(this.where, 'tangent', this.time, b);
      }
      this.record.add(b, result, this.waiting);
      result.growth.fill(0);
    }
    this.record.close(this.waiting);
    this.waiting = 0;
  }

  private newRecord(): GrowthRecord {
    return new GrowthRecord(this.batch, this.count);
  }
}

const none: number[] = [];

/** The input of autonomous systems. */
export const noInput = (): number[] => none;

/**
 * A prepared stepper: `push(input)` or `run(steps)`, `discard()` after a warm-up, `estimate()` at any time, `reset()`
 * for the next run of a sweep.
 *
 *     const stepper = lyapunovStepper(system, { exponents: 3 });
 *     for (const x of warmup) stepper.push(x);
 *     stepper.discard();
 *     for await (const x of stream) console.log(stepper.push(x).estimate().exponents);
 *
 * Throws `LyapunovError` on a system or options that do not fit.
 */
export function lyapunovStepper(system: LyapunovSystem, options: StepperOptions = {}): LyapunovStepper {
  return new LyapunovStepper(system, options, 'lyapunovStepper');
}
