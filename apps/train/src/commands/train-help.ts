import type { Config } from '@hurwitz/training';
import { commonDefaults, flagOf, presets, taskAbouts, taskDefaults } from '@hurwitz/training';

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
  const defaults = Object.entries(taskDefaults).map(([task, settings]) => [task, flagsOf(settings)] as const);
  const rows = Object.entries(presets).map(([name, { about }]) => [name, about] as const);
  return [
    `Tasks:\n${listing(taskAbouts)}`,
    `Other defaults by task (pixel-mnist also: --epsilon 0.03 times --pixels-per-step, at most 0.5):\n${listing(defaults)}`,
    `Presets for pixel-mnist (a flag beside a preset overrules it):\n${listing(rows)}`,
  ].join('\n\n');
}

/** Names with what they mean, one below the other. */
function listing(lines: readonly (readonly [name: string, about: string])[]): string {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, about]) => `  ${name.padEnd(width)}  ${about}`).join('\n');
}
