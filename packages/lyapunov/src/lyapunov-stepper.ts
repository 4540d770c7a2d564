import { completeFrame } from './complete-frame.js';
import { LyapunovError } from './errors.js';
import { GrowthRecord, type SpectrumEstimate } from './growth-record.js';
import { initialFrame } from './initial-frame.js';
import {
  assertInteger,
  describe,
  type InitialStateLike,
  readStates,
  type VectorLike,
} from './numeric-input.js';
import { checkRunOptions } from './options.js';
import { roundingOf } from './orthonormalise.js';
import { QRSchedule } from './qr-schedule.js';
import { RoundingWatch } from './rounding-watch.js';
import { startTrajectories } from './start-trajectories.js';
import { eachOf, readStepper, type StepperOptions, stepperOptions } from './stepper-options.js';
import type { LyapunovSystem, TangentMap } from './system.js';
import { type InputOf, lostPositions, type Trajectories } from './trajectories.js';

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
  private readonly schedule: QRSchedule;
  private readonly unit: number;
  private starts: Float64Array[];
  private readonly frame: Float64Array;
  /** Relative error of one factorisation. */
  private readonly rounding: number;
  private readonly trajectories: Trajectories;
  private record: GrowthRecord;
  private readonly watch: RoundingWatch;
  /** The position of each vector among the exponents, for trajectories whose vectors have changed places. */
  private readonly positions: (number[] | undefined)[];
  /** Vectors that were lost and have not been replaced. */
  private readonly lost: (readonly number[])[];
  /** Whether lost directions are replaced at once. */
  private completes = true;
  private time = 0;

  constructor(
    system: LyapunovSystem,
    options: StepperOptions,
    private readonly where: string,
  ) {
    const {
      system: prepared,
      batch,
      count,
      starts,
      base,
      ...intervals
    } = readStepper(system, options, where);
    this.system = prepared;
    this.batch = batch;
    this.count = count;
    this.starts = starts;
    this.unit = prepared.timeStep * Math.log(base);
    this.frame = initialFrame(count, prepared.tangentSize);
    const epsilon = options.precision === 'float32' ? 2 ** -23 : Number.EPSILON;
    this.rounding = roundingOf(prepared.tangentSize, epsilon);
    this.schedule = new QRSchedule(intervals, epsilon);
    this.watch = new RoundingWatch(prepared, batch, { count, rounding: this.rounding });
    this.positions = new Array(batch).fill(undefined);
    this.lost = Array.from({ length: batch }, () => []);
    this.record = this.newRecord();
    this.trajectories = startTrajectories(prepared, { ...options, batch, count, where });
    this.trajectories.restart(this.starts, this.frame);
  }

  /** Steps that the estimate averages over. */
  get steps(): number {
    return this.record.steps + this.schedule.waiting;
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

  /**
   * One step; `inputOf` gives the input of each trajectory, already checked. Without `factorise` the frame is carried
   * along, without `complete` what it loses stays lost until `discard`.
   */
  step(inputOf: InputOf, { factorise = true, complete = true } = {}): void {
    const { schedule } = this;
    if (schedule.waiting === 0 && this.watch.isPending) this.lookAhead(inputOf);
    this.completes = complete;
    const ends = schedule.step();
    const due = factorise && ends ? schedule.due : undefined;
    this.trajectories.advance(inputOf, this.time, due);
    this.time++;
    if (due) this.collect();
    else if (this.lostRank()) this.factorise();
  }

  /**
   * Forgets the growth so far and keeps states and frames: the end of a warm-up, or of a window. Fresh directions take
   * the place of lost ones, so what is counted from here on is the growth of a whole frame.
   */
  discard(): this {
    this.factorise();
    for (let b = 0; b < this.batch; b++) {
      this.complete(b);
      this.positions[b] = undefined;
    }
    this.schedule.newInterval();
    this.record = this.newRecord();
    return this;
  }

  /** Starts anew from the first states, or from `initialState` ([n] or [batch][n]), without allocating frames. */
  reset(initialState?: InitialStateLike): this {
    if (initialState !== undefined) {
      const where = `${this.where}.reset`;
      this.starts = eachOf(readStates(initialState, this.system.stateSize, where), this.batch, where);
    }
    this.trajectories.restart(this.starts, this.frame);
    this.time = 0;
    this.schedule.reset();
    for (let b = 0; b < this.batch; b++) {
      this.positions[b] = undefined;
      this.lost[b] = [];
      this.watch.forget(b);
    }
    this.record = this.newRecord();
    return this;
  }

  /** The exponents so far. Throws when no step has been counted. */
  estimate(): SpectrumEstimate {
    this.requireSteps();
    return this.record.estimate(this.unit);
  }

  /**
   * Exponents in the order of the QR, mean over the batch, or of one trajectory; not sorted, so that a position means
   * the same direction at every time.
   */
  rates(trajectory?: number): number[] {
    this.requireSteps();
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

  /** QR of every frame, when steps wait for one. */
  private factorise(): void {
    const { schedule } = this;
    if (schedule.waiting === 0) return;
    this.trajectories.factorise(this.time, schedule.due);
    this.collect();
    schedule.newInterval();
  }

  private requireSteps(): void {
    this.factorise();
    if (this.record.steps > 0) return;
    throw new LyapunovError(this.where, 'at least one counted step', 'none', 'Take a step first.');
  }

  /** Records what a factorisation found. */
  private collect(): void {
    const { record, schedule, watch, trajectories } = this;
    const duration = schedule.waiting;
    trajectories.drain((b, result) => {
      const vouched = duration === 1 ? watch.vouched(b, result, trajectories) : undefined;
      record.add(b, result, { duration, positions: this.positions[b], vouched });
      this.lost[b] = result.unresolved.includes(1) ? lostPositions(result.growth) : none;
      schedule.add(result);
    });
    record.close(duration);
    schedule.close();
    if (this.completes && this.lost.some(({ length }) => length > 0))
      for (let b = 0; b < this.batch; b++) this.complete(b);
  }

  /** Takes down what the coming step starts from, where it is to be looked at. */
  private lookAhead(inputOf: InputOf): void {
    const { time: step, trajectories } = this;
    const states = step === 0 ? this.starts : trajectories.states();
    this.watch.remember((b) => ({
      state: states[b]!,
      frame: step === 0 ? this.frame : trajectories.frame(b),
      input: Array.from(inputOf(b)),
      step,
    }));
  }

  /** Whether a frame has fewer rows than vectors, so that its rank is certain only now. */
  private lostRank(): boolean {
    return this.lost.some((lost, b) => !this.trajectories.hasRows(b, this.count - lost.length));
  }

  /** Puts fresh directions, which belong to no exponent, in the place of lost ones. */
  private complete(b: number): void {
    const lost = this.lost[b]!;
    if (lost.length === 0) return;
    const { trajectories } = this;
    const order = completeFrame({
      frame: trajectories.frame(b),
      size: this.system.tangentSize,
      lost,
      orthonormalise: (frame) => {
        const missing = trajectories.replaceFrame(b, frame, this.time);
        return { frame: missing.length > 0 ? trajectories.frame(b) : frame, lost: missing };
      },
    });
    const positions = this.positions[b];
    this.positions[b] = order.map((column) => positions?.[column] ?? column);
    this.lost[b] = [];
    this.watch.forget(b);
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
 * @example
 * const stepper = lyapunovStepper(system, { exponents: 3 });
 * for (const x of warmup) stepper.push(x);
 * stepper.discard();
 * for await (const x of stream) console.log(stepper.push(x).estimate().exponents);
 *
 * @throws {LyapunovError} on a system or options that do not fit.
 */
export function lyapunovStepper(system: LyapunovSystem, options: StepperOptions = {}): LyapunovStepper {
  checkRunOptions('lyapunovStepper', options, stepperOptions);
  return new LyapunovStepper(system, options, 'lyapunovStepper');
}
