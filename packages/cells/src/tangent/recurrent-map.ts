import { apply, product, type Rows } from '@hurwitz/network';
import type { HostTensor, TangentMap } from '@hurwitz/scan';
import { CellError } from '../errors.js';
import type { Recurrence } from './recurrence.js';
import type { RecurrentMap } from './system.js';
import { checkedToken } from './tokens.js';

/**
 * A recurrence as a map of its state with its tangent, in float64. With `hiddenOnly` tangents are of the first state alone,
 * the others held fixed, as Vogt et al. 2022 use them for LSTMs; they miss the slow modes of the cell.
 *
 * @throws CellError for a family without a tangent map.
 */
export function recurrentMap(
  { family, attributes, tensors }: Recurrence,
  { tokens, hiddenOnly: asked }: { tokens: boolean; hiddenOnly: boolean },
): RecurrentMap {
  if (!family.tangent) {
    const fix = 'Give its definition a tangent, or write { step, jacobian } for lyapunovSpectrum yourself.';
    throw new CellError('tangentSystem', 'a family with a tangent map', `'${family.name}'`, fix);
  }
  const weights = { attributes, tensors: onHost(tensors) };
  const map = family.tangent(weights);
  const described = family.describe?.(weights);
  const widths = family.initial.map(({ width }) => width * attributes.units);
  const units = widths[0]!;
  const stateSize = widths.reduce((sum, width) => sum + width, 0);
  const hiddenOnly = asked && widths.length > 1;
  const { kernel } = map.drive;
  const vocabularySize = kernel[0]!.length;
  return {
    kind: 'recurrent',
    closedDeterminant: map.closedDeterminant === true && !hiddenOnly,
    units,
    stateSize,
    tangentSize: hiddenOnly ? units : stateSize,
    network: described && { ...described, tokens, ...(widths.length > 1 && { hiddenOnly }) },
    ...(tokens ? { inputSize: 1, vocabularySize } : { inputSize: vocabularySize }),
    at: (state, input) => {
      const point = map.at(Float64Array.from(state), driveOf(map, input, tokens));
      const { next, logDeterminant } = point;
      const push = (V: Rows, u?: Rows): Rows => point.push(V, u && product(kernel, u));
      if (!hiddenOnly) return { next, logDeterminant, push, jacobian: () => point.push() };
      return {
        next,
        jacobian: () =>
          point
            .push()
            .slice(0, units)
            .map((row) => row.slice(0, units)),
        push: (V, u) => push([...V, ...held(V, stateSize - units)], u).slice(0, units),
      };
    },
  };
}

/** U x + b. */
function driveOf(
  { drive: { kernel, bias } }: TangentMap,
  input: ArrayLike<number>,
  tokens: boolean,
): Float64Array {
  const product = tokens ? column(kernel, checkedToken(input[0], kernel[0]!.length)) : apply(kernel, input);
  return bias ? product.map((v, i) => v + bias[i]!) : product;
}

const column = (rows: Rows, j: number): Float64Array => Float64Array.from(rows, (row) => row[j]!);

/** Tangents of states that do not move. */
const held = (V: Rows, count: number): Rows =>
  Array.from({ length: count }, () => new Float64Array(V[0]!.length));

function onHost(tensors: Recurrence['tensors']): Record<string, HostTensor | undefined> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [
      name,
      tensor && { shape: tensor.shape, values: tensor.dataSync() },
    ]),
  );
}
