import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { explainFileError } from '../failures/file-error.js';
import { writeFileAtomic } from './atomic-file.js';

/** One line of metrics.jsonl. */
export interface MetricsEntry {
  /** Steps of the whole run, over all stages. */
  step: number;
  stage: string;
  epoch: number;
  [metric: string]: number | string | null;
}

/** The metrics of a run, one JSON object a line. */
export class MetricsLog {
  constructor(private readonly path: string) {}

  append(entry: MetricsEntry): void {
    try {
      appendFileSync(this.path, `${JSON.stringify(entry)}\n`);
    } catch (error) {
      throw explainFileError(error, this.path);
    }
  }

  /** All whole entries; a last line that a crash cut short is left out. */
  read(): MetricsEntry[] {
    if (!existsSync(this.path)) return [];
    const lines = readFileSync(this.path, 'utf8').split('\n');
    lines.pop();
    return lines.map((line) => JSON.parse(line) as MetricsEntry);
  }

  /** Keeps the first entries only; a resumed run logs the others again. */
  keep(entries: number): void {
    if (!existsSync(this.path)) return;
    const kept = this.read().slice(0, entries);
    writeFileAtomic(this.path, kept.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  }
}
