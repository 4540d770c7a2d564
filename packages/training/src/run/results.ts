import { existsSync } from 'node:fs';
import { differences } from '../config/differences.js';
import { DamagedFileError } from '../errors.js';
import { readRegularFile } from '../files/read-regular-file.js';
import type { Metrics } from '../loop/learner.js';

export const resultsFile = 'results.json';

/**
 * Holds a results.json, where there is one, against the test metrics that the saved models were given.
 *
 * @throws DamagedFileError when a number differs, naming it.
 */
export function requireSameResults(
  path: string,
  tests: Record<string, Metrics>,
  { advice }: { advice: string },
): void {
  if (!existsSync(path)) return;
  const found = parse(readRegularFile(path).toString('utf8'));
  if (found === undefined) throw new DamagedFileError(`${path} is damaged: it is not JSON. ${advice}`);
  const [off] = differences(flat(tests), flat(found));
  if (off === undefined) return;
  const { key, before, after } = off;
  throw new DamagedFileError(`${path} was changed: ${key} is ${after} and was ${before}. ${advice}`);
}

/** `{ lstm: { loss: 1 } }` as `{ 'lstm.loss': 1 }`. */
function flat(results: object): Record<string, unknown> {
  const entries = Object.entries(results).flatMap(([stage, metrics]) =>
    Object.entries(Object(metrics)).map(([name, value]) => [`${stage}.${name}`, value] as const),
  );
  return Object.fromEntries(entries);
}

function parse(text: string): object | undefined {
  try {
    return Object(JSON.parse(text));
  } catch {
    return undefined;
  }
}
