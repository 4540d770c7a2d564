import type { Config, Metrics, MetricsEntry, RunFolder, Section, Task } from '@hurwitz/training';
import { flagOf, unreadInTraining } from '@hurwitz/training';
import { writeFileAtomic } from '@hurwitz/training/files';
import { htmlPage } from './html.js';
import { spectrumSections } from './spectrum-section.js';
import { stabilitySections } from './stability-section.js';
import { trainingSection } from './training-section.js';

/** Writes every figure as an SVG file and all of them into one report.html; returns the report's path. */
export async function writeReport(
  folder: RunFolder,
  {
    config,
    task,
    entries,
    results,
  }: {
    config: Config;
    task: Task;
    entries: MetricsEntry[];
    results: Record<string, Metrics>;
  },
): Promise<string> {
  const own = await task.sections({ folder, entries, results });
  const sections = [
    ...own,
    await trainingSection(entries),
    ...(await spectrumSections(entries)),
    ...(await stabilitySections(entries)),
    settingsSection(config),
  ];
  for (const { name, svg } of sections.flatMap(({ figures }) => figures ?? [])) {
    writeFileAtomic(folder.file('figures', `${name}.svg`), svg);
  }
  const path = folder.file('report.html');
  const lead = `hurwitz train ${config.task}, seed ${config.seed}`;
  writeFileAtomic(path, htmlPage({ title: task.title, lead, sections }));
  return path;
}

/** Every flag that had a say in the run. */
function settingsSection(config: Config): Section {
  const silent = new Set<string>(['version', 'task', ...Object.keys(unreadInTraining(config))]);
  const rows = Object.entries(config)
    .filter(([key, value]) => !silent.has(key) && String(value) !== '')
    .map(([key, value]) => [flagOf(key), String(value)]);
  return { title: 'Settings', table: { columns: ['flag', 'value'], rows } };
}
