/** The part of odex 2 that is used here: Hairer and Wanner's ODEX, extrapolation of the midpoint rule. */
export declare class Solver {
  /** @param n - Number of equations. */
  constructor(n: number);
  absoluteTolerance: number;
  relativeTolerance: number;
  initialStepSize: number;
  maxSteps: number;
  solve(
    derivative: (t: number, state: number[]) => number[],
    t0: number,
    state: number[],
    t1: number,
  ): { y: number[]; outcome: Outcome };
}

export declare enum Outcome {
  Converged = 0,
  MaxStepsExceeded = 1,
  EarlyReturn = 2,
}
