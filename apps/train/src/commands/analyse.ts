import { analyseStage, type StageAnalysis } from '../analysis/analyse-stage.js';
import { analysesToJson } from '../analysis/analysis-json.js';
import { toSection, toText } from '../analysis/findings.js';
import { htmlPage } from '../report/html.js';
import { writeFileAtomic } from '../run/atomic-file.js';
import type { RunFolder } from '../run/run-folder.js';
import { openTrainedRun, refuseTruncated, trainedModels } from '../run/trained-stages.js';
import { buildTask } from '../tasks/index.js';
import type { Section } from '../tasks/task.js';
import { startBackend } from './start-backend.js';

/**
 * `hurwitz analyse`: what can be proved, and what was seen, of every trained recurrent layer of a run. Prints a report
 * and writes analysis.json, analysis.html and figures into the run folder. Computes in float64: the backend only carries
 * the weights.
 */
export async function analyse(
  path: string,
  options: { dataDir?: string; stage?: string; backend: string },
): Promise<void> {
  const run = openTrainedRun(path, options);
  refuseTruncated(run.config);
  await startBackend(options);
  const task = await buildTask(run.config);
  const analyses: StageAnalysis[] = [];
  for await (const { stage, model } of trainedModels(run, task)) {
    console.error(`Analysing ${stage.name} (certificates of 128 units take some seconds) ...`);
    const analysis = await analyseStage(stage, model);
    console.log(`${stage.title}\n\n${toText(analysis.parts)}`);
    analyses.push(analysis);
  }
  write(run.folder, { title: task.title, analyses });
  console.log(`Written: ${run.folder.file('analysis.html')}, analysis.json and figures`);
}

function write(folder: RunFolder, { title, analyses }: { title: string; analyses: StageAnalysis[] }): void {
  const sections = analyses.flatMap((analysis) => stageSections(analysis, analyses.length > 1));
  for (const { name, svg } of analyses.flatMap(({ figures }) => figures)) {
    writeFileAtomic(folder.file('figures', `${name}.svg`), svg);
  }
  writeFileAtomic(folder.file('analysis.json'), analysesToJson(analyses));
  const lead = `hurwitz analyse ${folder.path}`;
  writeFileAtomic(folder.file('analysis.html'), htmlPage({ title: `Analysis: ${title}`, lead, sections }));
}

function stageSections({ name, title, parts, figures }: StageAnalysis, several: boolean): Section[] {
  const [verdict, ...rest] = parts.map(toSection) as [Section, ...Section[]];
  return [
    { ...verdict, title: several ? `${verdict.title}: ${title}` : verdict.title },
    ...rest,
    { title: several ? `Figures of ${name}` : 'Figures', figures },
  ];
}
