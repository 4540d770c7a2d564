import { analyseStage, type StageAnalysis } from '../analysis/analyse-stage.js';
import { toSection, toText } from '../analysis/findings.js';
import { toJson } from '../analysis/to-json.js';
import { type BackendChoice, backendChoices, selectBackend } from '../backend/select-backend.js';
import { oneOf, validateStoredConfig } from '../config/validate.js';
import { htmlPage } from '../report/html.js';
import { writeFileAtomic } from '../run/atomic-file.js';
import { RunFolder } from '../run/run-folder.js';
import { loadModel } from '../run/saved-model.js';
import { trainedStages } from '../run/trained-stages.js';
import { buildTask } from '../tasks/index.js';
import type { Section } from '../tasks/task.js';

/**
 * `hurwitz analyse`: what can be proved, and what was seen, of every trained recurrent layer of a run. Prints a report
 * and writes analysis.json, analysis.html and figures into the run folder. Computes in float64: the backend only carries
 * the weights.
 */
export async function analyse(
  path: string,
  options: { dataDir?: string; stage?: string; backend: string },
): Promise<void> {
  const folder = RunFolder.open(path);
  const stored = validateStoredConfig(folder.readJson('config.json'), folder.file('config.json'));
  const config = options.dataDir === undefined ? stored : { ...stored, dataDir: options.dataDir };
  const trained = trainedStages(folder);
  const wanted = options.stage === undefined ? trained : [oneOf('stage', options.stage, trained)];
  const backend: BackendChoice = oneOf('--backend', options.backend, backendChoices);
  await selectBackend(backend, { warn: (message) => console.error(`Warning: ${message}`) });
  const task = await buildTask(config);
  const analyses: StageAnalysis[] = [];
  for (const build of task.stages) {
    const stage = await build();
    if (!wanted.includes(stage.name)) continue;
    console.error(`Analysing ${stage.name} (certificates of 128 units take some seconds) ...`);
    const analysis = await analyseStage(stage, await loadModel(folder.file('models', stage.name)));
    console.log(`${stage.title}\n\n${toText(analysis.parts)}`);
    analyses.push(analysis);
  }
  write(folder, { title: task.title, analyses });
  console.log(`Written: ${folder.file('analysis.html')}, analysis.json and figures`);
}

function write(folder: RunFolder, { title, analyses }: { title: string; analyses: StageAnalysis[] }): void {
  const sections = analyses.flatMap((analysis) => stageSections(analysis, analyses.length > 1));
  for (const { name, svg } of analyses.flatMap(({ figures }) => figures)) {
    writeFileAtomic(folder.file('figures', `${name}.svg`), svg);
  }
  writeFileAtomic(folder.file('analysis.json'), toJson(analyses));
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
