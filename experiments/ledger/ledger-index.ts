import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromJson, writeFileAtomic } from '@hurwitz/training/files';
import { type LedgerEntry, markdownTable, timeText } from './ledger.js';
import { type Paper, papers } from './papers.js';

const name = 'README.md';
const mark = '<!-- Written by hurwitz reproduce. Run it again to change an entry. -->';

/** The first page of a folder of entries: what each paper has and what is here, and how each entry came about. */
export function ledgerIndex(folder: string): string {
  const entries = readEntries(folder);
  const sections = (Object.keys(papers) as Paper[]).flatMap((paper) => {
    const own = entries.filter((entry) => entry.paper === paper);
    return own.length === 0 ? [] : [`## ${paper}`, papers[paper], paperTable(own)];
  });
  return `${[
    mark,
    '# Results',
    'Each row sets what a paper has beside what was measured here. An entry has its figures, the settings and what differs from the paper; its raw file has every number.',
    ...sections,
    '## How each entry came about',
    'Run the command in a built clone; `npm start` builds one.',
    provenanceTable(entries),
  ].join('\n\n')}\n`;
}

/** Writes the page, unless somebody else's README is in its place. */
export function writeLedgerIndex(folder: string): string[] {
  const path = join(folder, name);
  if (existsSync(path) && !readFileSync(path, 'utf8').startsWith(mark)) return [];
  writeFileAtomic(path, ledgerIndex(folder));
  return [name];
}

function readEntries(folder: string): LedgerEntry[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort();
  return files.flatMap((file) => {
    const entry = fromJson(readFileSync(join(folder, file), 'utf8')) as Partial<LedgerEntry>;
    return entry.paper !== undefined && entry.comparison !== undefined ? [entry as LedgerEntry] : [];
  });
}

function paperTable(entries: readonly LedgerEntry[]): string {
  const rows = entries.flatMap(({ id, sizes, comparison }) =>
    [...sizes, ...comparison].map(({ quantity, paper, here }, i) => [
      i === 0 ? `[${id}](${id}.md)` : '',
      quantity,
      paper,
      here,
    ]),
  );
  return markdownTable(['entry', 'quantity', 'paper', 'here'], rows);
}

function provenanceTable(entries: readonly LedgerEntry[]): string {
  const rows = entries.map(({ id, command, seed, date, code, machine, backend, seconds }) => [
    ...[`[${id}](${id}.md)`, `\`${command}\``, seed, date, code.join(', ')],
    ...[machine, backend, timeText(seconds), `[${id}.json](${id}.json)`],
  ]);
  return markdownTable(
    ['entry', 'command', 'seed', 'date', 'code', 'machine', 'backend', 'took', 'raw file'],
    rows,
  );
}
