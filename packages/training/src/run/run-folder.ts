import { existsSync, lstatSync, mkdirSync, readlinkSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commandOf } from '../config/command-of.js';
import type { Config } from '../config/schema.js';
import { DamagedFileError, FolderExistsError, UserError } from '../errors.js';
import {
  discard,
  removeLeftovers,
  temporaryPath,
  writeFileAtomic,
  writeFlushed,
} from '../files/atomic-file.js';
import { cannot, explainFileError, showPath } from '../files/file-error.js';
import { makeFolder } from '../files/make-folder.js';
import { type Checkpoint, checkpointBytes } from './checkpoint-file.js';
import {
  acceptCheckpoint,
  checkpointName,
  checkpointNames,
  newestCheckpoint,
  saveCheckpoint,
} from './checkpoints.js';
import { configFile, configText, readConfig, requireSameConfig, restoreConfig } from './stored-config.js';

/** How many numbered folders are tried before the user is asked for a name. */
const mostRuns = 100_000;

/** The header of a checkpoint file. */
interface StoredHeader<Progress> {
  /** Of the run, so that a changed config.json is noticed. */
  config: Config;
  /** Null before the first step. */
  progress: Progress | null;
}

/** The folder of one run: config, metrics, checkpoints, models, figures and the report. */
export class RunFolder {
  private constructor(
    readonly path: string,
    /** As the run began. */
    readonly config: Config,
  ) {}

  /**
   * Makes a new run folder, with its configuration and a checkpoint of the start: filled under a temporary name, so that
   * there is all of it or none.
   *
   * @throws FolderExistsError when there is one already, UserError when the disk cannot be written to.
   */
  static create(path: string, config: Config): RunFolder {
    RunFolder.requireFree(path);
    const parent = dirname(path);
    makeFolder(parent, '--out');
    const temporary = temporaryPath(parent);
    try {
      removeLeftovers(parent);
      fill(temporary, config);
      // On an empty folder, which another process has made just now, it would succeed; a run folder is never empty.
      renameSync(temporary, path);
    } catch (error) {
      discard(temporary);
      throw existsSync(path) ? new FolderExistsError(path) : explainFileError(error, path, { flag: '--out' });
    }
    return new RunFolder(path, config);
  }

  /** Makes the first of `<parent>/<name>-1`, `-2`, ... that does not exist. */
  static createNumbered(parent: string, name: string, config: Config): RunFolder {
    for (let number = 1; number <= mostRuns; number++) {
      try {
        return RunFolder.create(join(parent, `${name}-${number}`), config);
      } catch (error) {
        if (!(error instanceof FolderExistsError)) throw error;
      }
    }
    throw new UserError(
      `${showPath(parent)} holds ${mostRuns} runs of ${name} already. Name a new folder with --out.`,
    );
  }

  /** @throws FolderExistsError when there is something at the path, UserError when that cannot be said. */
  static requireFree(path: string): void {
    try {
      const found = lstatSync(path, { throwIfNoEntry: false });
      if (found === undefined) return;
      if (!found.isSymbolicLink() || existsSync(path)) throw new FolderExistsError(path);
      const target = showPath(readlinkSync(path));
      throw cannot(path, { what: `it is a link to ${target}, which is not there` }, { flag: '--out' });
    } catch (error) {
      throw explainFileError(error, path, { flag: '--out' });
    }
  }

  /**
   * Opens the folder of an earlier run.
   *
   * @throws UserError when it holds no run, or its config.json is not the one that the run began with.
   */
  static open(path: string): RunFolder {
    return new RunFolder(path, readConfig(path));
  }

  /** Opens a folder to go on with its run, which writes a config.json anew that is missing. */
  static reopen(path: string, warn: (message: string) => void): RunFolder {
    restoreConfig(path, warn);
    return RunFolder.open(path);
  }

  /** What to do about a run that cannot go on. */
  get startAnew(): string {
    return `The same settings in another folder give the same numbers: ${commandOf(this.config)}`;
  }

  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  writeJson(name: string, value: unknown): void {
    writeFileAtomic(this.file(name), `${JSON.stringify(value, null, 2)}\n`);
  }

  /** Writes the checkpoint of a step and removes the oldest. */
  saveCheckpoint(step: number, { header, arrays }: Checkpoint): void {
    const stored: StoredHeader<unknown> = { config: this.config, progress: header };
    saveCheckpoint(this.file('checkpoints'), step, { header: stored, arrays });
  }

  /**
   * The newest checkpoint that is whole; its header is null where the run has not begun. Damaged ones are named to `warn`
   * and set aside, so that the run goes on from the one before. Other arithmetic than that of the checkpoint is named too.
   *
   * @throws DamagedFileError when none is whole, or it is of another configuration.
   */
  latestCheckpoint<Progress>(warn: (message: string) => void): Checkpoint<Progress | null> {
    const folder = this.file('checkpoints');
    const newest = newestCheckpoint<StoredHeader<Progress>>(folder);
    if (newest === undefined) {
      const found =
        checkpointNames(folder).length > 0 ? 'Every checkpoint is damaged' : 'There is no checkpoint';
      throw new DamagedFileError(`${found} in ${folder}, so this run cannot go on. ${this.startAnew}`);
    }
    const { header, arrays, path } = newest;
    requireSameConfig(this.path, this.config, { with: header.config, file: path });
    acceptCheckpoint(newest, warn);
    return { header: header.progress, arrays };
  }
}

function fill(folder: string, config: Config): void {
  // Not `recursive`, which never returns below /proc.
  mkdirSync(folder);
  mkdirSync(join(folder, 'checkpoints'));
  writeFlushed(join(folder, configFile), configText(config));
  const header: StoredHeader<never> = { config, progress: null };
  writeFlushed(join(folder, 'checkpoints', checkpointName(0)), checkpointBytes({ header, arrays: [] }));
}
