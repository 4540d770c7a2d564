import type { MatrixLike } from '@hurwitz/stability';
import { EquivalenceError } from './errors.js';
import { toRows } from './numeric-input.js';

/**
 * The coefficient of determination R² = 1 - Σ(y - ŷ)² / Σ(y - ȳ)² of predictions, averaged over the outputs: 1 for a
 * perfect model, 0 for one that always gives the mean. Targets with noise of a signal-to-noise ratio s (a power ratio)
 * leave a perfect model s / (1 + s).
 *
 * @param predicted [points, outputs]
 * @param target [points, outputs]
 * @throws EquivalenceError when shapes disagree or an output's targets are all equal.
 */
export function rSquared(predicted: MatrixLike, target: MatrixLike): number {
  const where = 'rSquared';
  const y = toRows(where, 'target', target);
  const guess = toRows(where, 'predicted', predicted, { rows: y.length, columns: y[0]!.length });
  const scores = y[0]!.map((_, output) => {
    const mean = y.reduce((sum, row) => sum + row[output]!, 0) / y.length;
    const total = y.reduce((sum, row) => sum + (row[output]! - mean) ** 2, 0);
    if (total === 0) {
      throw new EquivalenceError(
        where,
        `targets of output ${output} that vary`,
        'a constant',
        'Leave it out.',
      );
    }
    return 1 - y.reduce((sum, row, i) => sum + (row[output]! - guess[i]![output]!) ** 2, 0) / total;
  });
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
