import { configureGlobal, readConfigureGlobal } from 'fast-check';

/**
 * Property tests draw the same cases in every run, so that a run says something of the commit and not of its luck. For new
 * draws: HURWITZ_TEST_SEED=random, or a number. fast-check prints the seed of a failure.
 */
const chosen = process.env['HURWITZ_TEST_SEED'] ?? '2020';
if (chosen !== 'random') {
  const seed = Number(chosen);
  if (!Number.isInteger(seed)) {
    throw new Error(`HURWITZ_TEST_SEED: expected random or a whole number, got ${chosen}.`);
  }
  configureGlobal({ ...readConfigureGlobal(), seed });
}
