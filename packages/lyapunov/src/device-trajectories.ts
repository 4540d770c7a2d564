import type { TangentBatch, TangentKernels, TangentOptions } from '@hurwitz/kernels';
import type { FlatNetwork } from '@hurwitz/network';
import { ExplodingTrajectoryError, LyapunovError } from './errors.js';
import { assertInputLength } from './numeric-input.js';
import { type Due, type Growth, type InputOf, lostPositions, type Trajectories } from './trajectories.js';

/** Trajectories of a network on a device of `@hurwitz/kernels`: states in float64, tangents in either precision. */
export class DeviceTrajectories implements Trajectories {
  private readonly batch: TangentBatch;
  private released = false;

  constructor(
    kernels: TangentKernels,
    private readonly network: FlatNetwork,
    private readonly options: TangentOptions & { where: string },
  ) {
    this.batch = kernels.start(network, options);
  }

  advance(inputOf: InputOf, step: number, due: Due): void {
    this.assertInUse();
    const inputs = this.batch.inputs();
    const { inputSize } = this;
    for (let b = 0; b < this.options.batch; b++) {
      const input = inputOf(b);
      this.checkInput(input);
      inputs.set(input, b * inputSize);
    }
    this.run({ step: true, due, after: step + 1 });
  }

  factorise(step: number, due: Due): void {
    this.run({ step: false, due, after: step });
  }

  drain(visit: (trajectory: number, growth: Growth) => void): void {
    for (const [b, result] of this.batch.growth().entries()) {
      visit(b, result);
      result.growth.fill(0);
    }
  }

  states(): number[][] {
    this.assertInUse();
    return Array.from({ length: this.options.batch }, (_, b) => Array.from(this.batch.state(b)));
  }

  restart(starts: readonly Float64Array[], frame: Float64Array): void {
    this.assertInUse();
    for (const [b, start] of starts.entries()) {
      this.batch.setState(b, start);
      this.batch.setFrame(b, frame);
    }
    for (const { growth } of this.batch.growth()) growth.fill(0);
  }

  frame(trajectory: number): Float64Array {
    return this.batch.frame(trajectory);
  }

  replaceFrame(trajectory: number, frame: Float64Array, step: number): readonly number[] {
    this.assertInUse();
    this.batch.setFrame(trajectory, frame);
    const { growth } = this.batch.growth()[trajectory]!;
    growth.fill(0);
    this.run({ step: false, due: 'after one step', after: step, only: trajectory });
    const lost = lostPositions(growth);
    growth.fill(0);
    return lost;
  }

  hasRows(trajectory: number, least: number): boolean {
    return this.batch.hasRows(trajectory, least);
  }

  release(): void {
    if (this.released) return;
    this.released = true;
    this.batch.release();
  }

  /** `after` is the step that an error names. */
  private run({ step, due, after, only }: { step: boolean; due: Due; after: number; only?: number }): void {
    this.assertInUse();
    const afterOneStep = due === 'after one step';
    const fault = this.batch.run({ step, factorise: due !== undefined, afterOneStep, only });
    if (fault === undefined) return;
    throw new ExplodingTrajectoryError(this.options.where, fault.quantity, after, fault.trajectory);
  }

  /** Its memory may belong to another stepper by now. */
  private assertInUse(): void {
    if (!this.released) return;
    throw new LyapunovError(this.options.where, 'a stepper in use', 'one after dispose()', 'Make a new one.');
  }

  /** Numbers that one input has. */
  private get inputSize(): number {
    return this.network.tokens ? 1 : this.network.inputDim;
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
}
