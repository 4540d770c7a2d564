import type { DynamicalLayer } from '@hurwitz/cells';
import type { Tableau } from '@hurwitz/integrators';
import { finiteMatrices } from '@hurwitz/training';

/** A trained layer of the family h⁺ = h + ε Φ(g ∘ (L h + σ(W h + U x + b))), as numbers. */
export interface DynamicalSystem {
  /** For people: what the layer computes. */
  equation: string;
  units: number;
  /** Absent where the family has none. */
  A?: number[][];
  W: number[][];
  /** L: A, or 0, or -I for h⁺ = σ(W h + z), which is Euler's step of length 1 of dh/dt = -h + σ(W h + z). */
  linear: number[][];
  bias: Float64Array;
  activation: string;
  /** Largest slope of σ, and whether it never falls; undefined when σ jumps. */
  lipschitzConstant?: number;
  /** ε, the time between two inputs. */
  step: number;
  scheme: string;
  tableau: Tableau;
  gated: boolean;
  /** A map h⁺ = σ(W h + z) rather than a discretised flow. */
  isMap: boolean;
}

/** @throws UserError when the weights are not finite. */
export function dynamicalSystem(layer: DynamicalLayer): DynamicalSystem {
  const { carry, epsilon, activation, scheme, gated } = layer.cell.member;
  const { A, W } = finiteMatrices(layer);
  const units = W.length;
  const isMap = carry === 0;
  const stored = layer.weights.find(({ originalName }) => originalName.endsWith('bias'))?.read();
  const bias = stored === undefined ? new Float64Array(units) : Float64Array.from(stored.dataSync());
  const lipschitzConstant = slopeBound(activation, bias);
  return {
    equation: equation({ isMap, hasA: A !== undefined, activation, gated }),
    units,
    ...(A !== undefined && { A }),
    W,
    linear: A ?? diagonal(units, isMap ? -1 : 0),
    bias,
    activation,
    ...(lipschitzConstant !== undefined && { lipschitzConstant }),
    step: epsilon,
    scheme: typeof scheme === 'string' ? scheme : 'a tableau of its own',
    tableau: layer.cell.tableau,
    gated,
    isMap,
  };
}

/** modReLU, sign(z) max(|z| + b, 0), has slopes 0 and 1 for thresholds b ≤ 0, and a jump at 0 for others. */
function slopeBound(activation: string, bias: Float64Array): number | undefined {
  if (activation === 'modrelu') return bias.every((threshold) => threshold <= 0) ? 1 : undefined;
  return activation === 'sigmoid' ? 1 / 4 : 1;
}

function equation({
  isMap,
  hasA,
  activation,
  gated,
}: {
  isMap: boolean;
  hasA: boolean;
  activation: string;
  gated: boolean;
}): string {
  const inner = activation === 'modrelu' ? 'W h + U x; b' : 'W h + U x + b';
  const sigma = `${activation}(${inner})`;
  if (isMap) return `h⁺ = ${sigma}`;
  const field = hasA ? `A h + ${sigma}` : sigma;
  return gated ? `dh/dt = g ∘ (${field}), g = sigmoid(W h + U_g x + b_g)` : `dh/dt = ${field}`;
}

const diagonal = (units: number, value: number): number[][] =>
  Array.from({ length: units }, (_, i) => Array.from({ length: units }, (_, j) => (i === j ? value : 0)));
