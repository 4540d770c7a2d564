import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../errors.js';
import { readTextFile } from '../model-file/read-regular-file.js';
import { writeFileAtomic } from '../run/atomic-file.js';
import { isLock } from '../run/folder-lock.js';
import { fromJson, toJson } from '../run/json.js';

/** What decides the numbers of an experiment: parts are only used again under the same. */
export interface Identity {
  readonly id: string;
  readonly seed: number;
  readonly settings: object;
  readonly backend: string;
  readonly threads: number | null;
}

/** Of a part. */
const mostBytes = 2 ** 29;

/** The finished parts of an experiment, one file each. */
export class PartCache {
  /** Time that all parts took, also in earlier runs. */
  seconds = 0;
  /** Time that parts took in this run. */
  secondsNow = 0;

  private readonly found = new Set<string>();

  private constructor(
    private readonly folder: string,
    private readonly code: string,
  ) {}

  /** Which code computed the parts that were asked for, each once; without parts, the code that runs. */
  codes(): string[] {
    return this.found.size > 0 ? [...this.found] : [this.code];
  }

  /**
   * Opens a folder that is empty or that an interrupted run left. The caller holds its lock.
   *
   * @throws UserError when it holds parts of a run with other settings, or cannot be written to.
   */
  static open(folder: string, { identity, code }: { identity: Identity; code: string }): PartCache {
    const path = join(folder, 'settings.json');
    const wanted = fromJson(toJson(identity)) as Identity;
    if (existsSync(path)) {
      const found = read(path) as Identity;
      if (!isDeepStrictEqual(found, wanted)) {
        throw new UserError(
          `${folder} holds parts of a run with other settings (${differences(found, wanted)}). ` +
            'Go on with those settings, choose another --out, or delete that folder.',
        );
      }
    } else {
      writeFileAtomic(path, toJson(identity));
    }
    return new PartCache(folder, code);
  }

  /** The stored value of a part, or the computed one, which is then stored. */
  async part<Value>(key: string, compute: () => Value | Promise<Value>): Promise<Value> {
    if (!/^[\w.-]+$/.test(key)) {
      throw new Error(`part: ${key} is no key of letters, digits, dots and hyphens.`);
    }
    const path = join(this.folder, `part-${key}.json`);
    if (existsSync(path)) {
      const { seconds, code, value } = read(path) as { seconds: number; code: string; value: Value };
      this.seconds += seconds;
      this.found.add(code);
      return value;
    }
    const start = performance.now();
    const value = await compute();
    const seconds = (performance.now() - start) / 1000;
    const text = toJson({ seconds, code: this.code, value });
    this.found.add(this.code);
    writeFileAtomic(path, text);
    this.seconds += seconds;
    this.secondsNow += seconds;
    // What was written, so that a resumed run and an uninterrupted one see the same.
    return (fromJson(text) as { value: Value }).value;
  }

  /** Removes everything but the lock, which goes last. */
  clear(): void {
    for (const name of readdirSync(this.folder).filter((each) => !isLock(each))) {
      rmSync(join(this.folder, name), { recursive: true, force: true });
    }
  }
}

/** @throws UserError when the file is not JSON. */
function read(path: string): unknown {
  try {
    return fromJson(readTextFile(path, { limit: mostBytes }));
  } catch (error) {
    throw new UserError(
      `Cannot read ${path}: ${(error as Error).message}. Delete it and run the command again.`,
      { cause: error },
    );
  }
}

/** `seed: 1 there, 2 here` for each entry that differs, settings entry by entry. */
function differences(found: Identity, wanted: Identity): string {
  const there = flat(found);
  const here = flat(wanted);
  return [...new Set([...Object.keys(there), ...Object.keys(here)])]
    .filter((key) => there[key] !== here[key])
    .map((key) => `${key}: ${there[key]} there, ${here[key]} here`)
    .join('; ');
}

function flat(identity: Partial<Identity>): Record<string, string | undefined> {
  const { settings, ...rest } = identity;
  const entries = Object.entries({ ...rest, ...settings });
  return Object.fromEntries(entries.map(([key, value]) => [key, JSON.stringify(value)]));
}
