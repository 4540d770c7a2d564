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
  const nearest = names.reduce((best, next) =>
    editDistance(String(name), next) < editDistance(String(name), best) ? next : best,
  );
  throw new IntegratorError(
    'tableauByName',
    `one of ${names.join(', ')}`,
    JSON.stringify(name) ?? String(name),
    `Did you mean '${nearest}'? A scheme of your own is made with defineTableau.`,
  );
}

/** Levenshtein distance, ignoring case. */
function editDistance(from: string, to: string): number {
  const target = to.toLowerCase();
  let row = Array.from({ length: target.length + 1 }, (_, j) => j);
  for (const letter of from.toLowerCase()) {
    const next = [row[0]! + 1];
    for (let j = 1; j <= target.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (letter === target[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[target.length]!;
}
