import { isDeepStrictEqual } from 'node:util';
import { defaultsOf } from './defaults.js';
import { flags } from './flags.js';
import type { Config } from './schema.js';
import { unreadInTraining } from './unread.js';
import { flagOf } from './validate.js';

/** The command that starts a run of a configuration. */
export function commandOf(config: Config): string {
  const defaults = defaultsOf(config.task, config);
  const unread = unreadInTraining(config);
  const given = flags
    .filter(({ key }) => unread[key] === undefined && !isDeepStrictEqual(config[key], defaults[key]))
    .map(({ key, kind }) => (kind === 'switch' ? flagOf(key) : `${flagOf(key)} ${word(config[key])}`));
  return ['hurwitz train', config.task, ...given].join(' ');
}

/** A value as a shell takes it. */
function word(value: unknown): string {
  const text = Array.isArray(value) ? value.join(',') : String(value);
  return /^[\w./,:=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
