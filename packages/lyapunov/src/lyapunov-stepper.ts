import { LyapunovError } from './errors.js';
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
import { roundingOf } from './orthonormalise.js';
import { prepareSystem } from './prepare-system.js';
import { type PropagationOptions, startTrajectories } from './start-trajectories.js';
import type { FlowOptions, LyapunovSystem, TangentMap } from './system.js';
import type { Due, InputOf, Trajectories } from './trajectories.js';

export interface StepperOptions extends FlowOptions, PropagationOptions {
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
  private readonly frame: Float64Array;
  /** Relative error of one factorisation. */
  private readonly rounding: number;
  private readonly trajectories: Trajectories;
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
    this.frame = initialFrame(exponents, this.system.tangentSize);
    this.rounding = roundingOf(
      this.system.tangentSize,
      options.precision === 'float32' ? 2 ** -23 : Number.EPSILON,
    );
    this.record = this.newRecord();
    this.trajectories = startTrajectories(this.system, { ...options, batch, count: exponents, where });
    this.trajectories.restart(this.starts, this.frame);
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
    return this.trajectories.states();
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
  step(inputOf: InputOf, factorise = true): void {
    this.waiting++;
    const due = factorise && this.waiting >= this.interval ? this.due() : undefined;
    this.trajectories.advance(inputOf, this.time, due);
    this.time++;
    if (due) this.collect();
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
    this.trajectories.restart(this.starts, this.frame);
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
    if (trajectory === undefined) return record.meanRates().map((rate) => rate / unit);
    return Array.from({ length: this.count }, (_, j) => record.rate(trajectory, j) / unit);
  }

  /** Positions in the order of the QR, largest exponent first. */
  order(): number[] {
    return this.record.order();
  }

  /**
   * Gives the memory of a network's batch back at once; the stepper cannot go on. Optional: otherwise it is given back
   * after the stepper is garbage.
   */
  dispose(): void {
    this.trajectories.release();
  }

  private due(): Due {
    return this.waiting === 1 ? 'after one step' : 'after several';
  }

  /** QR of every frame, when steps wait for one. */
  private factorise(): void {
    if (this.waiting === 0) return;
    this.trajectories.factorise(this.time, this.due());
    this.collect();
  }

  /** Records what a factorisation found. */
  private collect(): void {
    this.trajectories.drain((b, growth) => this.record.add(b, growth));
    this.record.close(this.waiting);
    this.waiting = 0;
  }

  private newRecord(): GrowthRecord {
    return new GrowthRecord(this.batch, this.count, this.rounding);
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
