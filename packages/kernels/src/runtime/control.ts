/*
 * The words of the control block, which all threads share. This file is compiled by both compilers, TypeScript's and
 * AssemblyScript's, so the two sides cannot disagree.
 */

export enum Control {
  /** Address of the job. */
  job,
  nextTask,
  /** Counts up while anything computes, so that a stalled thread is noticed. */
  heartbeat,
  /** Which of the binary's programs the job is for. */
  program,
  count = 16,
}

export enum Program {
  recurrence,
  lyapunov,
}
