import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { toJson, writeFileAtomic } from '@hurwitz/training/files';
import type { Comparison, Experiment, Figure, Summary } from '../runner/experiment.js';
import type { Paper } from './papers.js';

/** How an experiment was run. */
export interface Provenance {
  readonly command: string;
  readonly seed: number;
  readonly settings: object;
  readonly backend: string;
  readonly machine: string;
  readonly seconds: number;
  /** Which code computed the parts; several where it changed between two of them. */
  readonly code: readonly string[];
  /** Of the entry, as `2026-01-31`, in UTC. */
  readonly date: string;
}

/** Processor, cores, Node: what a time means. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() || 'unknown processor';
  return `${model}, ${availableParallelism()} cores, Node ${process.versions.node}`;
}

/** What `<id>.json` holds. */
export interface LedgerEntry extends Provenance, Omit<Summary, 'figures' | 'text'> {
  readonly id: string;
  readonly title: string;
  readonly paper: Paper;
}

/** Writes `<id>.json`, `<id>.md` and the figures; returns the names of the files. */
export function writeEntry(
  folder: string,
  { id, title, paper }: Experiment,
  { provenance, summary }: { provenance: Provenance; summary: Summary },
): string[] {
  const fileOf = ({ name }: Figure): string => `${id}${name === undefined ? '' : `-${name}`}.svg`;
  const { numbers, sizes, comparison, tuned } = summary;
  const entry = [
    `# ${title}`,
    provenanceTable(provenance, `[${id}.json](${id}.json)`),
    ...summary.figures.map((figure) => `![${figure.caption}](${fileOf(figure)})`),
    '## The paper and this run',
    comparisonTable([...sizes, ...comparison]),
    `Chosen after a first result was seen: ${tuned}.`,
    '## What was done',
    summary.text.trim(),
  ];
  const files: [string, string][] = [
    ...summary.figures.map((figure): [string, string] => [fileOf(figure), figure.svg]),
    [
      `${id}.json`,
      toJson({ id, title, paper, ...provenance, sizes, comparison, tuned, numbers } satisfies LedgerEntry),
    ],
    [`${id}.md`, `${entry.join('\n\n')}\n`],
  ];
  for (const [name, content] of files) writeFileAtomic(join(folder, name), content);
  return files.map(([name]) => name);
}

function provenanceTable(
  { command, seed, date, code, machine, backend, seconds }: Provenance,
  raw: string,
): string {
  return markdownTable(
    ['command', 'seed', 'date', 'code', 'machine', 'backend', 'took', 'raw file'],
    [[`\`${command}\``, seed, date, code.join(', '), machine, backend, timeText(seconds), raw]],
  );
}

function comparisonTable(rows: readonly Comparison[]): string {
  return markdownTable(
    ['', 'paper', 'this run'],
    rows.map(({ quantity, paper, here }) => [quantity, paper, here]),
  );
}

/** `4.8 s`, `48 s`, `12 min`. */
export function timeText(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

/** A table in Markdown; bars within a cell are escaped. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const line = (cells: readonly (string | number)[]): string =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
