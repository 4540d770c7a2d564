import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { differences, UserError } from '@hurwitz/training';
import {
  contentChecksum,
  explainFileError,
  fromJson,
  isLock,
  readSealed,
  seal,
  toJson,
  writeFileAtomic,
} from '@hurwitz/training/files';

/** What decides the numbers of an experiment: parts are only used again under the same. */
export interface Identity {
  readonly id: string;
  readonly seed: number;
  readonly settings: object;
  readonly backend: string;
  readonly threads: number | null;
}

/** The finished parts of an experiment, one file each. */
export class PartCache {
  /** Time that all parts took, also in earlier runs. */
  seconds = 0;
  /** Time that parts took in this run. */
  secondsNow = 0;

  private readonly found = new Set<string>();

  private constructor(
    private readonly folder: string,
    private readonly is: {
      /** Checksum of the settings, without which no part counts. */
      settings: string;
      code: string;
    },
  ) {}

  /** Which code computed the parts that were asked for, each once; without parts, the code that runs. */
  codes(): string[] {
    return this.found.size > 0 ? [...this.found] : [this.is.code];
  }

  /**
   * Opens a folder that is empty or that an interrupted run left. The caller holds its lock.
   *
   * @throws UserError when it holds parts of a run with other settings, is damaged, or cannot be written to.
   */
  static open(folder: string, { identity, code }: { identity: Identity; code: string }): PartCache {
    const path = join(folder, settingsFile);
    if (!existsSync(path)) writeFileAtomic(path, seal(toJson(identity)));
    const found = readSealed(path, { advice: runAgain });
    const different = differences(flat(found), flat(JSON.parse(toJson(identity))));
    if (different.length > 0) {
      const listing = different.map(({ key, before, after }) => `${key}: ${before} there, ${after} here`);
      throw new UserError(
        `${folder} holds parts of a run with other settings (${listing.join('; ')}). ` +
          'Go on with those settings, choose another --out, or delete that folder.',
      );
    }
    return new PartCache(folder, { settings: contentChecksum(found), code });
  }

  /**
   * The stored value of a part, or the computed one, which is then stored.
   *
   * @throws DamagedFileError when the stored one is not what was written, or under other settings or another key.
   */
  async part<Value>(key: string, compute: () => Value | Promise<Value>): Promise<Value> {
    if (!/^[\w.-]+$/.test(key)) {
      throw new Error(`part: ${key} is no key of letters, digits, dots and hyphens.`);
    }
    const path = join(this.folder, `part-${key}.json`);
    const belongsTo = `${this.is.settings}/${key}`;
    if (existsSync(path)) {
      const found = readSealed(path, { belongsTo, advice: runAgain });
      type Stored = { seconds: number; code: string; value: Value };
      const { seconds, code, value } = fromJson(JSON.stringify(found)) as Stored;
      this.seconds += seconds;
      this.found.add(code);
      return value;
    }
    const start = performance.now();
    const value = await compute();
    const seconds = (performance.now() - start) / 1000;
    const text = toJson({ seconds, code: this.is.code, value });
    this.found.add(this.is.code);
    writeFileAtomic(path, seal(text, belongsTo));
    this.seconds += seconds;
    this.secondsNow += seconds;
    // What was written, so that a resumed run and an uninterrupted one see the same.
    return (fromJson(text) as { value: Value }).value;
  }

  /** Removes everything but the lock, which goes last; before it the settings, without which no part counts. */
  clear(): void {
    try {
      const names = readdirSync(this.folder).filter((name) => !isLock(name) && name !== settingsFile);
      for (const name of [...names, settingsFile]) {
        rmSync(join(this.folder, name), { recursive: true, force: true });
      }
    } catch (error) {
      throw explainFileError(error, this.folder);
    }
  }
}

const settingsFile = 'settings.json';

const runAgain = 'Delete it and run the command again.';

/** Settings entry by entry, beside the others. */
function flat({ settings, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return { ...rest, ...(settings as object) };
}
