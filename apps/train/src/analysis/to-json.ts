import type { StageAnalysis } from './analyse-stage.js';

/**
 * The analyses as JSON, one line a matrix row. Numbers that JSON has not are text: "Infinity", "-Infinity", "NaN".
 * A and W, the certificates' P and multipliers, and every margin are there, so that anyone can check them again.
 */
export function toJson(analyses: readonly StageAnalysis[]): string {
  const stages = analyses.map(({ name, title, analysis, along, parts }) => {
    const { moments, ...rest } = along;
    const alongTestData = { ...rest, endToEnd: along.endToEnd.map(({ matrix: _, ...facts }) => facts) };
    return { name, title, summary: parts, ...analysis, alongTestData, moments: moments.length };
  });
  const text = JSON.stringify({ stages }, replacer, 1);
  // Arrays of numbers on one line each.
  return `${text.replace(/\[\n\s+(?=[-\d])[^[\]{}]*?\]/g, (row) => row.replace(/\s+/g, ' '))}\n`;
}

function replacer(_key: string, value: unknown): unknown {
  if (value instanceof Float64Array) return Array.from(value);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
