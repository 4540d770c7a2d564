import { LyapunovError } from './errors.js';
import { interval, type RankCorrelation, rankCorrelation } from './rank-correlation.js';

/**
 * Spearman's rank correlation of x and y once a third quantity is held fixed, such as that of the largest exponent and the
 * loss of networks that were trained at different learning rates:
 * (ρ_xy - ρ_xz ρ_yz) / √((1 - ρ_xz²)(1 - ρ_yz²)).
 *
 * The 95% interval is that of {@link rankCorrelation} with one pair fewer.
 *
 * @param control z, as long as x and y.
 * @throws `LyapunovError` as {@link rankCorrelation} does, for fewer than 5 pairs, and where z orders the pairs as x or y does,
 * which leaves nothing to correlate.
 */
export function partialRankCorrelation(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  control: ArrayLike<number>,
): RankCorrelation {
  const [xy, xz, yz] = [rankCorrelation(x, y), rankCorrelation(x, control), rankCorrelation(y, control)];
  const { count } = xy;
  const where = 'partialRankCorrelation';
  if (count < 5) throw new LyapunovError(where, 'at least 5 pairs', `${count}`, 'Measure more of them.');
  const left = (1 - xz.correlation ** 2) * (1 - yz.correlation ** 2);
  if (left < 1e-12) {
    throw new LyapunovError(
      where,
      'a control that does not order the pairs as x or y does',
      `correlations ${xz.correlation.toFixed(3)} and ${yz.correlation.toFixed(3)} with it`,
      'Control for another quantity.',
    );
  }
  const raw = (xy.correlation - xz.correlation * yz.correlation) / Math.sqrt(left);
  const correlation = Math.min(1, Math.max(-1, raw));
  return { correlation, interval: interval(correlation, count - 4), count };
}
