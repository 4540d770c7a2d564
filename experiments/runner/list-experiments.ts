import { type Paper, papers } from '../ledger/papers.js';
import type { Experiment } from './experiment.js';

/** The experiments as lines of text, paper by paper, with what each takes: data, and parts at its sizes. */
export function listExperiments(experiments: readonly Experiment[]): string {
  const sections = (Object.keys(papers) as Paper[]).flatMap((paper) => {
    const own = experiments.filter((experiment) => experiment.paper === paper);
    return own.length === 0 ? [] : [[`${paper}: ${papers[paper]}`, ...own.flatMap(lines)].join('\n')];
  });
  return sections.join('\n\n');
}

function lines(experiment: Experiment): string[] {
  const { id, title, data } = experiment;
  const needs = data === undefined ? 'no data' : `--data-dir with ${data}`;
  return [`  ${id}`, `    ${title}`, `    takes ${needs}; ${partsText(experiment)}`];
}

function partsText({ settings: { default: usual, full }, parts }: Experiment): string {
  const count = (settings: object): number => parts(settings, 1).length;
  const few = `${count(usual)} ${count(usual) === 1 ? 'part' : 'parts'}`;
  if (full === undefined) return `${few}, one size`;
  return count(full) === count(usual) ? `${few}, larger with --full` : `${few}, ${count(full)} with --full`;
}
