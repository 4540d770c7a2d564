import { LyapunovError } from './errors.js';
import { tangentPush } from './map-tangents.js';
import { assertAbove, copyVector, describe } from './numeric-input.js';
import type { FlowOptions, FlowSystem, InPlaceSystem, TableauLike } from './system.js';

/** The classical fourth-order scheme (Kutta 1901). */
const classicalRungeKutta: TableauLike = {
  a: [[], [1 / 2], [0, 1 / 2], [0, 0, 1]],
  b: [1 / 6, 1 / 3, 1 / 3, 1 / 6],
  c: [0, 1 / 2, 1 / 2, 1],
};

/**
 * One fixed step of an explicit Runge–Kutta scheme, for the state and for the variational equation V' = J(h) V.
 *
 * With the same tableau for both, the tangent is the exact derivative of the computed step: the exponents are those
 * of the scheme as a map, and differ from the flow's by the order of the scheme.
 */
export function flowTangents(
  system: FlowSystem,
  stateSize: number,
  options: FlowOptions,
  where: string,
): InPlaceSystem['advance'] {
  const { dt, scheme = classicalRungeKutta } = options;
  if (dt === undefined) {
    throw new LyapunovError(where, 'dt, the step length of the flow', 'none', 'Pass { dt: 0.01 }, say.');
  }
  assertAbove(dt, 'dt', 0, where);
  const { a, b, c } = checkTableau(scheme, where);
  const stages = b.length;
  const push = tangentPush(stateSize, where);
  const stageState = new Float64Array(stateSize);
  const slopes = Array.from({ length: stages }, () => new Float64Array(stateSize));
  let tangentSlopes: Float64Array[] = [];
  // What the user's functions see, and may change: filled anew for each of them.
  const shown = new Float64Array(stateSize);
  const show = () => {
    shown.set(stageState);
    return shown;
  };

  return (state, input, tangents, count, step) => {
    const drive = () => (input as number[]).slice();
    const length = count * stateSize;
    if (count > 0 && tangentSlopes[0]?.length !== length) {
      tangentSlopes = Array.from({ length: stages }, () => new Float64Array(length));
    }
    for (let i = 0; i < stages; i++) {
      const t = (step + c[i]!) * dt;
      stageState.set(state);
      addScaled(stageState, slopes, a[i]!, dt);
      if (count > 0) {
        const block = tangentSlopes[i]!;
        block.set(length === tangents.length ? tangents : tangents.subarray(0, length));
        addScaled(block, tangentSlopes, a[i]!, dt);
        if (system.jvp) push.many((views) => system.jvp!(t, show(), drive(), views), block, count);
        else push.matrix(system.jacobian!(t, show(), drive()), block, count);
      }
      const slope = system.field(t, show(), drive());
      if (!copyVector(slope, slopes[i]!)) {
        throw new LyapunovError(
          where,
          `field to return ${stateSize} numbers`,
          describe(slope),
          'Return dh/dt, as long as the state.',
        );
      }
    }
    addScaled(state, slopes, b, dt);
    if (count > 0) addScaled(tangents, tangentSlopes, b, dt);
  };
}

/** target += dt * sum_j weights_j terms_j */
function addScaled(
  target: Float64Array,
  terms: Float64Array[],
  weights: readonly number[],
  dt: number,
): void {
  for (let j = 0; j < weights.length; j++) {
    const weight = dt * weights[j]!;
    if (weight === 0) continue;
    const term = terms[j]!;
    for (let t = 0; t < term.length; t++) target[t]! += weight * term[t]!;
  }
}

function checkTableau(tableau: TableauLike, where: string): TableauLike {
  const { a, b, c } = tableau ?? {};
  const stages = [a, b, c].every(Array.isArray) ? b.length : 0;
  const refuse = (got: string): never => {
    throw new LyapunovError(
      where,
      'scheme as an explicit Runge–Kutta tableau { a, b, c }',
      got,
      'Pass a tableau of @hurwitz/integrators, such as rk4.',
    );
  };
  if (stages === 0 || a.length !== stages || c.length !== stages || !a.every(Array.isArray)) {
    refuse(stages === 0 ? describe(tableau) : `a, b, c with ${a.length}, ${stages} and ${c.length} stages`);
  }
  a.forEach((row, i) => {
    if (row.some((entry, j) => !Number.isFinite(entry) || (j >= i && entry !== 0))) {
      refuse(`row ${i} of a = [${row}], which is implicit or not finite`);
    }
  });
  const total = b.reduce((sum, weight) => sum + weight, 0);
  // Negated so that NaN is refused too.
  if (!(Math.abs(total - 1) < 1e-9)) refuse(`weights b that sum to ${total}`);
  // A row may be written out to full width; only what is below the diagonal is read.
  return { a: a.map((row, i) => row.slice(0, i)), b, c };
}
