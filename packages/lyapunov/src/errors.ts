import { InputError } from '@hurwitz/input';

/** Thrown on bad input: names the function, what it expected, what it got and what to do. */
export class LyapunovError extends InputError {
  override readonly name: string = 'LyapunovError';
}

/** Thrown when a state or a tangent vector leaves the finite numbers; says when and on which trajectory. */
export class ExplodingTrajectoryError extends LyapunovError {
  override readonly name = 'ExplodingTrajectoryError';

  constructor(
    where: string,
    /** What is no longer finite. */
    readonly quantity: 'state' | 'tangent',
    /** Step that produced it, counted from 1, warm-up included. */
    readonly step: number,
    /** Index in the batch. */
    readonly trajectory: number,
  ) {
    super(
      where,
      `a finite ${quantity} at every step`,
      `NaN or Infinity after step ${step} of trajectory ${trajectory}`,
      quantity === 'state'
        ? 'Start inside the basin of an attractor, scale the inputs, or (for a flow) take a smaller dt.'
        : 'Check that the Jacobian is finite at that state.',
    );
  }
}

/** Thrown when a flow is asked for with step-size control: its tangent would not be the derivative of the computed map. */
export class AdaptiveStepError extends LyapunovError {
  override readonly name = 'AdaptiveStepError';
}

/** Thrown when a gradient is asked for through a direction that the tangent map loses: its exponent has none. */
export class RankDeficientTangentError extends LyapunovError {
  override readonly name = 'RankDeficientTangentError';
  /** Step after which the direction was gone, counted from 1, warm-up included. */
  readonly step: number;
  /** Index in the batch. */
  readonly trajectory: number;
  /** Which direction, counted from 0 in the order of the QR. */
  readonly direction: number;

  constructor(
    where: string,
    { step, trajectory, direction }: { step: number; trajectory: number; direction: number },
  ) {
    super(
      where,
      'tangent vectors that stay independent in float32',
      `direction ${direction} lost after step ${step} of trajectory ${trajectory}`,
      `Follow at most ${direction} exponents, take a smaller qrInterval, or start from weights of full rank.`,
    );
    this.step = step;
    this.trajectory = trajectory;
    this.direction = direction;
  }
}
