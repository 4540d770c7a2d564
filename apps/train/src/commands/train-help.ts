import type { Config } from '@hurwitz/training';
import { commonDefaults, flagOf, type TaskDefinition, tasks } from '@hurwitz/training';

/** Defaults stand in the text only: an option that is set tells a choice of the user's. */
export function withDefault(key: keyof Config, about: string): string {
  const value = (commonDefaults as Partial<Config>)[key];
  const shown = value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
  return shown ? `${about} (default: ${value})` : about;
}

/** Below the flags in the help of `hurwitz train`: tasks, their defaults, and presets. */
export function trainHelp(): string {
  const flagsOf = (settings: Partial<Config>): string =>
    Object.entries(settings)
      .map(([key, value]) => `${flagOf(key)} ${value}`)
      .join(' ');
  const derived = tasks.flatMap((task) =>
    'derived' in task && task.derived !== undefined ? [`${task.name} also: ${task.derived.about}`] : [],
  );
  return [
    `Tasks:\n${listing(tasks.map(({ name, about }) => [name, about]))}`,
    `Other defaults by task (${derived.join('; ')}):\n${listing(
      tasks.map(({ name, defaults }) => [name, flagsOf(defaults)]),
    )}`,
    ...tasks.flatMap(({ name, presets = {} }: Pick<TaskDefinition, 'name' | 'presets'>) =>
      Object.keys(presets).length === 0
        ? []
        : [
            `Presets for ${name} (a flag beside a preset overrules it):\n${listing(
              Object.entries(presets).map(([row, { about }]) => [row, about]),
            )}`,
          ],
    ),
  ].join('\n\n');
}

/** Names with what they mean, one below the other. */
function listing(lines: readonly (readonly [name: string, about: string])[]): string {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, about]) => `  ${name.padEnd(width)}  ${about}`).join('\n');
}
