import type { FlatNetwork } from '@hurwitz/network';
import type { Link, StepMap } from './system.js';

/** Most numbers of a table of tokens that is worked out in advance; 32 MiB. */
const largestTable = 2 ** 22;

/**
 * The chain as one network, where it is one: a recurrent layer, on its input itself or on what other layers make of a
 * token, which is then a column of a larger kernel.
 */
export function describeChain(links: readonly Link[]): FlatNetwork | undefined {
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
  network: FlatNetwork,
  before: readonly StepMap[],
  vocabularySize: number,
): FlatNetwork | undefined {
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
  return 'gate' in table && table.gate
    ? { ...table, gate: { ...table.gate, kernel: read(table.gate.kernel) } }
    : table;
}
