import type { DynamicalLayer } from '@hurwitz/cells';
import { integrate, type Tableau } from '@hurwitz/integrators';
import {
  checkTheorem1,
  type Equilibrium,
  findEquilibrium,
  flowField,
  type Theorem1Report,
} from '@hurwitz/stability';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { dynamicalSystem } from '../analysis/dynamical-system.js';

/** A trained Lipschitz RNN without input, dh/dt = A h + tanh(W h + b), and what can be said of it. */
export interface TrainedSystem {
  field: (h: ArrayLike<number>) => number[];
  equilibrium: Equilibrium;
  theorem1: Theorem1Report;
  tableau: Tableau;
  /** Step between two states. */
  epsilon: number;
}

/** Reads the system out of a model's recurrent layer. */
export function trainedSystem(model: LayersModel, name: string): TrainedSystem {
  const {
    linear: A,
    W,
    bias: drive,
    tableau,
    step,
  } = dynamicalSystem(model.getLayer(name) as DynamicalLayer);
  const system = { A, W, drive };
  return {
    field: flowField(system),
    equilibrium: findEquilibrium(system),
    theorem1: checkTheorem1(system),
    tableau,
    epsilon: step,
  };
}

/** The states that the scheme gives from a start, one every epsilon until `duration`, in float64. */
export function trajectory(
  { field, tableau, epsilon }: TrainedSystem,
  start: readonly number[],
  duration: number,
): Float64Array[] {
  const steps = Math.round(duration / epsilon);
  const times = Array.from({ length: steps + 1 }, (_, i) => i * epsilon);
  return integrate((_t, h: Float64Array) => Float64Array.from(field(h)), Float64Array.from(start), {
    times,
    tableau,
    dt: epsilon * 1.001,
  }).states;
}

/** Euclidean distance of each state from the equilibrium. */
export function distances({ equilibrium }: TrainedSystem, states: readonly Float64Array[]): number[] {
  return states.map((state) =>
    Math.hypot(...state.map((value, i) => value - (equilibrium.equilibrium[i] as number))),
  );
}
