import { described } from '@hurwitz/input';
import { closest } from 'fastest-levenshtein';
import { IntegratorError } from './errors.js';
import { tableaux } from './schemes/index.js';
import type { Tableau } from './tableau.js';

/**
 * The scheme of that name.
 *
 * @throws {IntegratorError} when there is none; the message has the nearest name and the list of all.
 */
export function tableauByName(name: string): Tableau {
  const found = Object.hasOwn(tableaux, name) ? tableaux[name as keyof typeof tableaux] : undefined;
  if (found) return found;
  const names = Object.keys(tableaux);
  const lowered = names.map((known) => known.toLowerCase());
  const nearest = names.find(
    (known) => known.toLowerCase() === closest(String(name).toLowerCase(), lowered),
  )!;
  throw new IntegratorError(
    'tableauByName',
    `one of ${names.join(', ')}`,
    described(name),
    `Did you mean '${nearest}'? A scheme of your own is made with defineTableau.`,
  );
}
