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
}
