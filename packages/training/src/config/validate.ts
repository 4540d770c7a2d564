import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import { UserError } from '../errors.js';
import { showPath } from '../files/file-error.js';
import { type Config, configSchema, configVersion } from './schema.js';

/** `decayEpochs` to `--decay-epochs`. */
export function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `Did you mean pixel-mnist?`, when a known name is near. */
export function nearest(got: string, known: readonly string[]): string {
  const best = closest(got, known);
  return distance(got, best) <= Math.max(2, got.length / 3) ? ` Did you mean ${best}?` : '';
}

/** @throws UserError unless the name is one of the known. */
export function oneOf<Name extends string>(what: string, got: string, known: readonly Name[]): Name {
  const found = known.find((name) => name === got);
  if (found !== undefined) return found;
  throw new UserError(`Unknown ${what} ${showPath(got)}.${nearest(got, known)} Known: ${known.join(', ')}.`);
}

/**
 * Checks a configuration.
 *
 * @throws UserError with one line for each value that is off, naming its flag.
 */
export function validateConfig(candidate: Record<string, unknown>): Config {
  const parsed = configSchema.safeParse(candidate);
  if (parsed.success) return parsed.data;
  throw new UserError(parsed.error.issues.map((issue) => describe(issue, candidate)).join('\n'));
}

/**
 * Checks a configuration read from a run folder.
 *
 * @throws UserError when it is damaged or of another version.
 */
export function validateStoredConfig(stored: unknown, path: string): Config {
  const version = (stored as { version?: unknown } | null)?.version;
  if (version !== configVersion) {
    throw new UserError(
      `${path} has config version ${JSON.stringify(version)}; this hurwitz reads version ${configVersion}. ` +
        'Use the release of hurwitz that made the run, or start a new run.',
    );
  }
  return validateConfig(stored as Record<string, unknown>);
}

function describe(issue: z.core.$ZodIssue, candidate: Record<string, unknown>): string {
  if (issue.code === 'unrecognized_keys') return `config.json: unknown ${issue.keys.join(', ')}.`;
  const key = String(issue.path[0]);
  const got = candidate[key];
  if (issue.code === 'invalid_value' && typeof got === 'string') {
    const known = issue.values.map(String);
    return `${flagOf(key)}: unknown ${showPath(got)}.${nearest(got, known)} Known: ${known.join(', ')}.`;
  }
  // What a value must be is told with the value; that one flag needs another, or excludes it, without.
  if (!issue.message.startsWith('must')) return `${flagOf(key)} ${issue.message}.`;
  // JSON has no word for an infinity.
  const shown = typeof got === 'number' ? String(got) : (JSON.stringify(got) ?? 'nothing');
  return `${flagOf(key)}: ${issue.message}, got ${shown}.`;
}
