import { toJson } from '@hurwitz/training/files';
import type { StageAnalysis } from './analyse-stage.js';

/** Analyses as JSON: A and W, the certificates' P and multipliers, and every margin, so that anyone can check them again. */
export function analysesToJson(analyses: readonly StageAnalysis[]): string {
  const stages = analyses.map(({ name, title, analysis, along, topics }) => {
    const { moments, ...rest } = along;
    const alongTestData = { ...rest, endToEnd: along.endToEnd.map(({ matrix: _, ...facts }) => facts) };
    return { name, title, summary: topics, ...analysis, alongTestData, moments: moments.length };
  });
  return toJson({ stages });
}
