import type { Section } from '@hurwitz/training';
import { numberText } from '@hurwitz/training';

/** One line of the report. */
export interface Finding {
  quantity: string;
  value: string;
  unit: string;
  meaning: string;
}

/** A heading, what can be said under it in words, and the numbers that it rests on. */
export interface Topic {
  title: string;
  text: string;
  findings: Finding[];
}

export const finding = (quantity: string, value: number | string, rest: Partial<Finding> = {}): Finding => ({
  quantity,
  value: typeof value === 'number' ? numberText(value) : value,
  unit: '',
  meaning: '',
  ...rest,
});

/** A factor by which something grows or shrinks: very near 1, by how much it differs, and 1 where that is rounding. */
export function factorText(value: number): string {
  const beyond = value - 1;
  if (Math.abs(beyond) >= 5e-6 || Number.isNaN(beyond)) return numberText(value);
  return isOne(value) ? '1' : `1 ${beyond > 0 ? '+' : '-'} ${Math.abs(beyond).toExponential(1)}`;
}

/** Whether a factor is 1 as far as float64 tells. */
export const isOne = (value: number): boolean => Math.abs(value - 1) <= 1e-13;

/** A topic as a section of a page. */
export function toSection({ title, text, findings }: Topic): Section {
  if (findings.length === 0) return { title, text };
  const rows = findings.map(({ quantity, value, unit, meaning }) => [quantity, value, unit, meaning]);
  return { title, text, table: { columns: ['quantity', 'value', 'unit', 'meaning'], rows } };
}

const width = 100;

/** Topics as text for a terminal. */
export function toText(topics: readonly Topic[]): string {
  return topics
    .map(({ title, text, findings }) => [title, ...wrap(text), ...table(findings), ''].join('\n'))
    .join('\n');
}

function table(findings: readonly Finding[]): string[] {
  const columns = ['quantity', 'value', 'unit'] as const;
  const widths = columns.map((column) => Math.max(...findings.map((row) => [...row[column]].length)));
  return findings.map((row) => {
    const cells = columns.map((column, i) => {
      const gap = ' '.repeat((widths[i] as number) - [...row[column]].length);
      return column === 'value' ? gap + row[column] : row[column] + gap;
    });
    return `  ${cells.join('  ')}  ${row.meaning}`.trimEnd();
  });
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter((each) => each !== '')) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`  ${word}`);
  }
  return lines;
}
