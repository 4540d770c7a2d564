import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DamagedCheckpointError, FolderExistsError, UserError } from '../errors.js';
import { cannot, explainFileError, showPath } from '../failures/file-error.js';
import { makeFolder } from '../files/make-folder.js';
import { writeFileAtomic } from './atomic-file.js';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint-file.js';

/** How many checkpoints are kept, so that a damaged one has a predecessor. */
const keptCheckpoints = 3;

/** How many numbered folders are tried before the user is asked for a name. */
const mostRuns = 100_000;

/** The folder of one run: config, metrics, checkpoints, models, figures and the report. */
export class RunFolder {
  private constructor(readonly path: string) {}

  /**
   * Makes a new run folder.
   *
   * @throws FolderExistsError when there is one already, UserError when the disk cannot be written to.
   */
  static create(path: string): RunFolder {
    RunFolder.requireFree(path);
    makeFolder(dirname(path), '--out');
    try {
      // Not shared with a process that made it just now.
      mkdirSync(path);
      mkdirSync(join(path, 'checkpoints'));
    } catch (error) {
      const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
      throw exists ? new FolderExistsError(path) : explainFileError(error, path, { flag: '--out' });
    }
    return new RunFolder(path);
  }

  /** Makes the first of `<parent>/<name>-1`, `-2`, ... that does not exist. */
  static createNumbered(parent: string, name: string): RunFolder {
    for (let number = 1; number <= mostRuns; number++) {
      try {
        return RunFolder.create(join(parent, `${name}-${number}`));
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
   * @throws UserError when it holds no run.
   */
  static open(path: string): RunFolder {
    if (!existsSync(join(path, 'config.json'))) {
      throw new UserError(
        `${path} is not a run folder: it has no config.json. Give the folder that \`hurwitz train\` printed.`,
      );
    }
    return new RunFolder(path);
  }

  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  writeJson(name: string, value: unknown): void {
    writeFileAtomic(this.file(name), `${JSON.stringify(value, null, 2)}\n`);
  }

  /** @throws UserError when the file is absent or is not JSON. */
  readJson(name: string): unknown {
    try {
      return JSON.parse(readFileSync(this.file(name), 'utf8'));
    } catch (error) {
      throw new UserError(`Cannot read ${this.file(name)}: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Writes the checkpoint of a step and removes the oldest. */
  saveCheckpoint(step: number, checkpoint: Checkpoint): void {
    const name = `step-${String(step).padStart(9, '0')}.checkpoint`;
    writeCheckpoint(this.file('checkpoints', name), checkpoint);
    for (const old of this.checkpointNames().slice(0, -keptCheckpoints)) {
      rmSync(this.file('checkpoints', old), { force: true });
    }
  }

  /**
   * The newest checkpoint that is whole, or undefined when none was written yet. Damaged ones are named to
   * `warn` and set aside, so that the run goes on from the one before.
   *
   * @throws DamagedCheckpointError when there are checkpoints but all are damaged.
   */
  latestCheckpoint<Header>(warn: (message: string) => void): Checkpoint<Header> | undefined {
    this.removeUnfinishedFiles();
    const names = this.checkpointNames();
    for (const name of [...names].reverse()) {
      const path = this.file('checkpoints', name);
      try {
        return readCheckpoint<Header>(path);
      } catch (error) {
        if (!(error instanceof DamagedCheckpointError)) throw error;
        warn(`${error.message} The one before it is used.`);
        renameSync(path, `${path}.damaged`);
      }
    }
    if (names.length === 0) return undefined;
    throw new DamagedCheckpointError(`Every checkpoint in ${this.path} was damaged; start the run anew.`);
  }

  /** What a process left that was killed while it wrote a checkpoint. */
  private removeUnfinishedFiles(): void {
    const path = this.file('checkpoints');
    for (const name of readdirSync(path).filter((each) => each.endsWith('.tmp'))) rmSync(join(path, name));
  }

  private checkpointNames(): string[] {
    return readdirSync(this.file('checkpoints'))
      .filter((name) => name.endsWith('.checkpoint'))
      .sort();
  }
}
