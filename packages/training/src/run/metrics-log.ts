import { appendFileSync, existsSync } from 'node:fs';
import { DamagedFileError } from '../errors.js';
import { writeFileAtomic } from '../files/atomic-file.js';
import { explainFileError } from '../files/file-error.js';
import { readRegularFile } from '../files/read-regular-file.js';
import { checksum } from '../files/sealed-file.js';

/** One line of metrics.jsonl. */
export interface MetricsEntry {
  /** Steps of the whole run, over all stages. */
  step: number;
  stage: string;
  epoch: number;
  [metric: string]: number | string | null;
}

/**
 * The metrics of a run, one JSON object a line. The checksum of every line is kept elsewhere, in the checkpoints: lines
 * after the last one that a checkpoint knows do not count.
 */
export class MetricsLog {
  /** @param advice what to say to somebody whose file is damaged. */
  constructor(
    private readonly path: string,
    private readonly advice: string,
  ) {}

  /** Adds a line; returns its checksum. */
  append(entry: MetricsEntry): string {
    const line = JSON.stringify(entry);
    try {
      appendFileSync(this.path, `${line}\n`);
    } catch (error) {
      throw explainFileError(error, this.path);
    }
    return checksum(line);
  }

  /**
   * The entries of the lines with these checksums, which are the first.
   *
   * @throws DamagedFileError when a line was changed or is missing.
   */
  read(checksums: readonly string[]): MetricsEntry[] {
    return this.lines(checksums).map((line) => JSON.parse(line) as MetricsEntry);
  }

  /** Keeps the lines with these checksums only; a resumed run logs the others again. Throws as {@link read}. */
  keep(checksums: readonly string[]): void {
    const text = this.lines(checksums)
      .map((line) => `${line}\n`)
      .join('');
    if (text !== this.text()) writeFileAtomic(this.path, text);
  }

  private lines(checksums: readonly string[]): string[] {
    const lines = this.text().split('\n').slice(0, -1);
    const off = checksums.findIndex((each, i) => lines[i] === undefined || checksum(lines[i]) !== each);
    if (off < 0) return lines.slice(0, checksums.length);
    const found = lines[off];
    const missing = found === undefined || checksums.includes(checksum(found), off + 1);
    throw new DamagedFileError(
      `${this.path}: line ${off + 1} ${missing ? 'is missing' : 'is not what was written'}. Put it back, or start anew. ${this.advice}`,
    );
  }

  private text(): string {
    return existsSync(this.path) ? readRegularFile(this.path).toString('utf8') : '';
  }
}
