/*
 * How the jobs of all kernels name a network's family and activation. Both compilers compile this file, as control.ts.
 */

export enum Family {
  dynamical,
  lstm,
  gru,
}

export enum Act {
  tanh,
  relu,
  linear,
  sigmoid,
  modrelu,
  hardSigmoid,
}
