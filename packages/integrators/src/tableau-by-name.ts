import { described, nearest } from '@hurwitz/input';
import { IntegratorError } from './errors.js';
import { tableaux } from './schemes/index.js';
import type { Tableau } from './tableau.js';

/**
 * The scheme of that name.
 *
 * @throws {IntegratorError} when there is none; the message has the nearest name and the list of all.
 */
export function tableauByName(name: string): Tableau {
  const found =
    typeof name === 'string' && Object.hasOwn(tableaux, name)
      ? tableaux[name as keyof typeof tableaux]
      : undefined;
  if (found) return found;
  const names = Object.keys(tableaux);
  throw new IntegratorError(
    'tableauByName',
    `one of ${names.join(', ')}`,
    described(name),
    `Did you mean '${nearest(name, names)}'? A scheme of your own is made with defineTableau.`,
  );
}
