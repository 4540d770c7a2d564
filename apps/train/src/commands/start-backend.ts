import { oneOf } from '@hurwitz/training';
import { backendChoices, type SelectedBackend, selectBackend } from '@hurwitz/training/backends';
import { readable } from '../failures/readable.js';

export const warn = (message: string): void => console.error(`Warning: ${readable(message)}`);

/** @throws UserError when there is no backend of that name, or it cannot be had here. */
export function startBackend(options: { backend: string; threads?: number }): Promise<SelectedBackend> {
  const choice = oneOf('--backend', options.backend, backendChoices);
  return selectBackend(choice, { threads: options.threads, warn });
}
