import type { Rows } from '@hurwitz/network';
import { isDescribed, type NetworkDescription } from './network-description.js';
import type { DynamicalParts, GatedParts } from './parts.js';
import type { Link, StepMap } from './system.js';

/** Most numbers of a table of tokens that is worked out in advance; 32 MiB. */
const largestTable = 2 ** 22;

/** Matrices one below the other, row-major. */
function flat(matrices: readonly Rows[]): Float64Array {
  const rows = matrices.flat();
  const width = rows[0]!.length;
  const out = new Float64Array(rows.length * width);
  for (const [i, row] of rows.entries()) out.set(row, i * width);
  return out;
}

export function describeDynamical(parts: DynamicalParts): NetworkDescription | undefined {
  const { carry, epsilon, activation, a, b, W, A, input, bias, gate } = parts;
  if (activation !== 'modrelu' && !isDescribed(activation)) return undefined;
  return {
    family: 'dynamical',
    units: W.length,
    inputDim: input.U[0]!.length,
    tokens: input.tokens,
    activation,
    W: flat([W]),
    ...(A && { A: flat([A]) }),
    kernel: flat([input.U]),
    bias: Float64Array.from(bias),
    ...(gate && { gate: { kernel: flat([gate.U]), bias: Float64Array.from(gate.bias) } }),
    carry,
    epsilon,
    scheme: { a, b },
  };
}

export function describeGated(
  family: 'lstm' | 'gru',
  { U, W, bias, activation, recurrentActivation, tokens }: GatedParts,
  frozenCell = false,
): NetworkDescription | undefined {
  if (!isDescribed(activation) || !isDescribed(recurrentActivation)) return undefined;
  return {
    family,
    units: W[0]!.length,
    inputDim: U[0]![0]!.length,
    tokens,
    activation,
    recurrentActivation,
    W: flat(W),
    kernel: flat(U),
    bias: Float64Array.from(bias.flatMap((gate) => Array.from(gate))),
    ...(family === 'lstm' && { hiddenOnly: frozenCell }),
  };
}

/**
 * The chain as one network, where it is one: a recurrent layer, on its input itself or on what other layers make of a
 * token, which is then a column of a larger kernel.
 */
export function describeChain(links: readonly Link[]): NetworkDescription | undefined {
  const last = links.at(-1)!;
  const before = links.slice(0, -1).filter((link): link is StepMap => link.kind === 'step');
  if (last.kind !== 'recurrent' || before.length < links.length - 1) return undefined;
  if (before.every(({ passes }) => passes)) return last.network;
  const vocabularySize = before.find(({ inputSize }) => inputSize !== undefined)?.vocabularySize;
  if (!last.network || vocabularySize === undefined || before.some(({ refuses }) => refuses))
    return undefined;
  return readingTokens(last.network, before, vocabularySize);
}

function readingTokens(
  network: NetworkDescription,
  before: readonly StepMap[],
  vocabularySize: number,
): NetworkDescription | undefined {
  if (network.W.length * (vocabularySize / network.units) > largestTable) return undefined;
  const vectors = Array.from({ length: vocabularySize }, (_, token) =>
    before.reduce<ArrayLike<number>>((value, link) => link.at(value).value, [token]),
  );
  const read = (kernel: Float64Array): Float64Array => {
    const width = network.inputDim;
    const out = new Float64Array((kernel.length / width) * vocabularySize);
    for (let i = 0; i < kernel.length / width; i++) {
      for (const [token, vector] of vectors.entries()) {
        let sum = 0;
        for (let j = 0; j < width; j++) sum += kernel[i * width + j]! * vector[j]!;
        out[i * vocabularySize + token] = sum;
      }
    }
    return out;
  };
  const table = { ...network, inputDim: vocabularySize, tokens: true, kernel: read(network.kernel) };
  return table.family === 'dynamical' && table.gate
    ? { ...table, gate: { ...table.gate, kernel: read(table.gate.kernel) } }
    : table;
}
