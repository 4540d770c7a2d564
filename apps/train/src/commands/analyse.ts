import {
  analyseStage,
  analysesToJson,
  htmlPage,
  type StageAnalysis,
  toSection,
  toText,
} from '@hurwitz/analysis';
import type { RunFolder, Section } from '@hurwitz/training';
import { buildTask, openTrainedRun, refuseTruncated, trainedModels } from '@hurwitz/training';
import { writeFileAtomic } from '@hurwitz/training/files';
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
    console.log(`${stage.title}\n\n${toText(analysis.topics)}`);
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

function stageSections({ name, title, topics, figures }: StageAnalysis, several: boolean): Section[] {
  const [verdict, ...rest] = topics.map(toSection) as [Section, ...Section[]];
  return [
    { ...verdict, title: several ? `${verdict.title}: ${title}` : verdict.title },
    ...rest,
    { title: several ? `Figures of ${name}` : 'Figures', figures },
  ];
}
