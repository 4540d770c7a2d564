import { LyapunovError } from './errors.js';
import { describe } from './numeric-input.js';

export interface RankCorrelation {
  /** Spearman's ρ, from -1 to 1. */
  correlation: number;
  /** Where ρ lies with a confidence of 95%. */
  interval: [low: number, high: number];
  /** Pairs of values. */
  count: number;
}

const where = 'rankCorrelation';

/** Upper 2.5% point of the standard normal distribution. */
const quantile = 1.959963984540054;

/**
 * Spearman's rank correlation ρ of two quantities, such as the largest exponent of some trained networks and their losses:
 * Pearson's correlation of the ranks, equal values sharing their mean rank. Infinite values have a rank as any other.
 *
 * The 95% interval is tanh(artanh ρ ± 1.96 √((1 + ρ²/2) / (n - 3))), by the variance of Bonett and Wright (Psychometrika
 * 2000, 65: 23-28); it supposes pairs drawn independently and |ρ| < 0.95, and is rough below some 10 pairs. At |ρ| = 1 it is
 * that point.
 *
 * @throws `LyapunovError` for fewer than 4 pairs, lists of different lengths, NaN, or a quantity that is constant.
 */
export function rankCorrelation(x: ArrayLike<number>, y: ArrayLike<number>): RankCorrelation {
  for (const [name, values] of Object.entries({ x, y })) {
    if (typeof values === 'object' && values !== null && Number.isInteger(values.length)) continue;
    throw new LyapunovError(where, `a list of numbers as ${name}`, describe(values), 'Give pairs of values.');
  }
  const count = x.length;
  if (y.length !== count) {
    throw new LyapunovError(where, `${count} values of y, as of x`, `${y.length}`, 'Give pairs of values.');
  }
  if (count < 4) throw new LyapunovError(where, 'at least 4 pairs', `${count}`, 'Measure more of them.');
  const correlation = cosine(centredRanks(x, 'x'), centredRanks(y, 'y'));
  return { correlation, interval: interval(correlation, count - 3), count };
}

/** tanh(artanh ρ ± 1.96 √((1 + ρ²/2) / freedom)). */
export function interval(correlation: number, freedom: number): [low: number, high: number] {
  const centre = Math.atanh(correlation);
  const half = quantile * Math.sqrt((1 + correlation ** 2 / 2) / freedom);
  return [Math.tanh(centre - half), Math.tanh(centre + half)];
}

/** The ranks 1, ..., n minus their mean. */
function centredRanks(values: ArrayLike<number>, name: string): Float64Array {
  const all = Array.from(values);
  if (all.some((value) => typeof value !== 'number' || Number.isNaN(value))) {
    throw new LyapunovError(where, `numbers in ${name}`, 'NaN', 'Leave such pairs out.');
  }
  const order = all.map((_, i) => i).sort((i, j) => (all[i]! < all[j]! ? -1 : all[i]! > all[j]! ? 1 : 0));
  const ranks = new Float64Array(all.length);
  for (let first = 0; first < order.length; ) {
    let end = first + 1;
    while (end < order.length && all[order[end]!] === all[order[first]!]) end++;
    const rank = (first + end + 1) / 2;
    for (const i of order.slice(first, end)) ranks[i] = rank - (all.length + 1) / 2;
    first = end;
  }
  if (ranks.some((rank) => rank !== 0)) return ranks;
  throw new LyapunovError(
    where,
    `values of ${name} that differ`,
    'a constant',
    'A constant has no correlation.',
  );
}

function cosine(a: Float64Array, b: Float64Array): number {
  const product = (u: Float64Array, v: Float64Array): number =>
    u.reduce((sum, value, i) => sum + value * v[i]!, 0);
  return Math.min(1, Math.max(-1, product(a, b) / Math.sqrt(product(a, a) * product(b, b))));
}
