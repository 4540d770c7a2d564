import type { DynamicalLayer } from '@hurwitz/cells';
import { step, type Tableau } from '@hurwitz/integrators';
import {
  checkTheorem1,
  type Equilibrium,
  findEquilibria,
  flowField,
  type Theorem1Report,
} from '@hurwitz/stability';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { finiteMatrices } from '../../hooks/system-matrices.js';

/** A trained Lipschitz RNN without input, dh/dt = A h + tanh(W h + b), and what can be said of it. */
export interface TrainedSystem {
  field: (h: ArrayLike<number>) => number[];
  /** Those that were found, first the one that is reached from the origin; none where the search ended nowhere. */
  equilibria: Equilibrium[];
  theorem1: Theorem1Report;
  tableau: Tableau;
  /** Step between two states. */
  epsilon: number;
}

/** Reads the system out of a model's recurrent layer. */
export function trainedSystem(model: LayersModel, name: string): TrainedSystem {
  const layer = model.getLayer(name) as DynamicalLayer;
  const { A, W } = finiteMatrices(layer);
  const drive = layer.weights.find(({ originalName }) => originalName.endsWith('bias'))!.read();
  const system = { A: A!, W, drive: Float64Array.from(drive.dataSync()) };
  return {
    field: flowField(system),
    equilibria: findEquilibria(system).equilibria,
    theorem1: checkTheorem1(system),
    tableau: layer.cell.tableau,
    epsilon: layer.cell.member.epsilon,
  };
}

/** States that are this large are on their way out of float32, in which the layer computes. */
const largest = 1e30;

/** The states that the scheme gives from a start, one every epsilon until `duration` or overflow, in float64. */
export function trajectory(
  { field, tableau, epsilon }: Pick<TrainedSystem, 'field' | 'tableau' | 'epsilon'>,
  start: readonly number[],
  duration: number,
): Float64Array[] {
  const states = [Float64Array.from(start)];
  const f = (_t: number, h: Float64Array) => Float64Array.from(field(h));
  for (let i = 0; i < Math.max(1, Math.round(duration / epsilon)); i++) {
    const next = step(tableau, f, i * epsilon, states.at(-1)!, epsilon);
    if (!next.every((value) => Math.abs(value) < largest)) break;
    states.push(next);
  }
  return states;
}

/** Euclidean distance of each state from a point. */
export function distances(states: readonly Float64Array[], from: readonly number[]): number[] {
  return states.map((state) => Math.hypot(...state.map((value, i) => value - from[i]!)));
}
