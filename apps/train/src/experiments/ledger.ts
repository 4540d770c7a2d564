import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from '../run/atomic-file.js';
import { toJson } from '../run/json.js';
import type { Experiment, ExperimentFigure, ExperimentResult } from './experiment.js';

/** How an experiment was run. */
export interface Provenance {
  readonly command: string;
  readonly seed: number;
  readonly settings: object;
  readonly backend: string;
  readonly machine: string;
  readonly seconds: number;
}

/** Processor, cores, Node: what a time means. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() || 'unknown processor';
  return `${model}, ${availableParallelism()} cores, Node ${process.versions.node}`;
}

/** Writes `<id>.json`, `<id>.md` and the figures; returns the names of the files. */
export function writeEntry(
  folder: string,
  { id, title }: Experiment,
  { provenance, result }: { provenance: Provenance; result: ExperimentResult },
): string[] {
  const fileOf = ({ name }: ExperimentFigure): string => `${id}${name === undefined ? '' : `-${name}`}.svg`;
  const { command, seed, seconds, machine, backend } = provenance;
  const entry = [
    `# ${title}`,
    `\`${command}\`: seed ${seed}, ${duration(seconds)} on ${machine}, backend ${backend}. Numbers: [${id}.json](${id}.json).`,
    ...result.figures.map((figure) => `![${figure.caption}](${fileOf(figure)})`),
    result.text.trim(),
  ];
  const files: [string, string][] = [
    ...result.figures.map((figure): [string, string] => [fileOf(figure), figure.svg]),
    [`${id}.json`, toJson({ id, title, ...provenance, numbers: result.numbers })],
    [`${id}.md`, `${entry.join('\n\n')}\n`],
  ];
  for (const [name, content] of files) writeFileAtomic(join(folder, name), content);
  return files.map(([name]) => name);
}

/** `4.8 s`, `48 s`, `12 min`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

/** A table in Markdown. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
