import { described } from '@hurwitz/input';
import { IntegratorError } from './errors.js';
import { firstUnmetCondition } from './order-conditions.js';

/** Butcher tableau of an explicit Runge–Kutta scheme. */
export interface Tableau {
  readonly name: string;
  /** Order of convergence. */
  readonly order: number;
  /** Strictly lower triangular, s rows; row i has i entries. */
  readonly a: readonly (readonly number[])[];
  /** Weights of the solution, s entries. */
  readonly b: readonly number[];
  /** Nodes, s entries; c_i is the sum of row i of `a`. */
  readonly c: readonly number[];
  /** The embedded solution for error estimates, when there is one. */
  readonly embedded?: { readonly b: readonly number[]; readonly order: number };
  /** Where the coefficients come from. */
  readonly source?: string;
}

/** Rounding allowed in row sums and order conditions: decimals of 16 digits pass, a wrong digit does not. */
const TOLERANCE = 1e-13;
const HIGHEST_ORDER = 10;

const checked = new WeakSet<Tableau>();

/**
 * A tableau, checked and frozen; the schemes of this package are made with it, and so are your own.
 *
 * Checked are the shapes (s rows, row i with i entries), that c_i = Σ_j a_ij, and the order: every rooted tree
 * of up to `order` nodes must satisfy its order condition Σ_i b_i Φ_i(tree) = 1/γ(tree), and some tree of
 * `order` + 1 nodes must not, so that the order is neither over- nor understated. The embedded weights are
 * held to the same.
 *
 * @throws {IntegratorError} naming the first thing that does not hold, with the tree for an order condition.
 *
 * Source: Hairer, Nørsett and Wanner, Solving Ordinary Differential Equations I, section II.2, theorem 2.13.
 */
export function defineTableau(tableau: Tableau): Tableau {
  const label = `defineTableau(${described(tableau?.name)})`;
  checkShape(label, tableau);
  checkOrder(label, 'b', tableau, tableau.b, tableau.order);
  const { embedded } = tableau;
  if (embedded) checkOrder(label, 'embedded.b', tableau, embedded.b, embedded.order);
  const frozen: Tableau = Object.freeze({
    ...tableau,
    a: Object.freeze(tableau.a.map((row) => Object.freeze([...row]))),
    b: Object.freeze([...tableau.b]),
    c: Object.freeze([...tableau.c]),
    ...(embedded && {
      embedded: Object.freeze({ b: Object.freeze([...embedded.b]), order: embedded.order }),
    }),
  });
  checked.add(frozen);
  return frozen;
}

/** Lets a tableau through that `defineTableau` made; checks any other, once. */
export function assertTableau(where: string, tableau: Tableau): void {
  if (checked.has(tableau)) return;
  if (typeof tableau !== 'object' || tableau === null) {
    throw new IntegratorError(
      where,
      'a tableau such as rk4',
      typeof tableau === 'string' ? JSON.stringify(tableau) : String(tableau),
      'Take one from this package, by name with tableauByName, or make your own with defineTableau.',
    );
  }
  defineTableau(tableau);
  checked.add(tableau);
}

function checkShape(label: string, tableau: Tableau): void {
  const { name, a, b, c, embedded } = tableau ?? {};
  const fail = (expected: string, got: string): never => {
    throw new IntegratorError(label, expected, got, 'Correct the tableau.');
  };
  if (typeof name !== 'string' || name === '') fail('a name', described(name));
  if (!Array.isArray(b) || b.length === 0) fail('at least one weight in b', described(b));
  const stages = b.length;
  if (a?.length !== stages) fail(`${stages} rows in a, one for each entry of b`, `${a?.length}`);
  if (c?.length !== stages) fail(`${stages} entries in c, one for each entry of b`, `${c?.length}`);
  if (embedded && embedded.b?.length !== stages) {
    fail(`${stages} entries in embedded.b, one for each entry of b`, `${embedded.b?.length}`);
  }
  if (!Array.isArray(a) || !Array.isArray(c)) fail('arrays a and c', `${typeof a} and ${typeof c}`);
  for (const entry of [...a.flat(), ...b, ...c, ...(embedded?.b ?? [])]) {
    if (!Number.isFinite(entry)) fail('finite coefficients', described(entry));
  }
  a.forEach((row, i) => {
    if (!Array.isArray(row) || row.length !== i) {
      fail(`${i} entries in row ${i} of a (explicit: strictly lower triangular)`, `${row?.length}`);
    }
    const sum = (row as number[]).reduce((total, entry) => total + entry, 0);
    if (!(Math.abs(sum - c[i]!) <= TOLERANCE * (1 + Math.abs(sum)))) {
      fail(`c[${i}] to be the sum of row ${i} of a, ${sum}`, `${c[i]}`);
    }
  });
}

function checkOrder(label: string, which: string, { a }: Tableau, b: readonly number[], order: number): void {
  if (!Number.isInteger(order) || order < 1 || order > HIGHEST_ORDER) {
    throw new IntegratorError(
      label,
      `the order of ${which} as a whole number from 1 to ${HIGHEST_ORDER}`,
      String(order),
      'State the order of convergence.',
    );
  }
  const unmet = firstUnmetCondition(a, b, { upTo: order + 1, tolerance: TOLERANCE });
  if (unmet && unmet.order > order) return;
  throw new IntegratorError(
    label,
    `weights ${which} of order ${order}`,
    unmet
      ? `${unmet.value} instead of ${unmet.target} in the order condition of the tree ${unmet.tree} (order ${unmet.order})`
      : `weights that also meet every condition of order ${order + 1}`,
    unmet ? 'Correct the coefficients or the stated order.' : 'State the order the weights have.',
  );
}
