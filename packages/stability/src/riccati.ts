import { Matrix } from 'ml-matrix';
import type { RiccatiCoefficients } from './bounded-real.js';
import { SingularSystemError } from './errors.js';
import { lyapunovSolution } from './lyapunov-equation.js';
import { frobenius } from './matrix.js';
import { symmetrised } from './spectrum.js';

/**
 * The stabilising solution P ⪰ 0 of FᵀP + PF + PSP + Q = 0, with F Hurwitz and S, Q ⪰ 0: the graph of the Hamiltonian's
 * stable subspace, found by Newton's method from P = 0. Each step is the Lyapunov equation
 * (F + SPₖ)ᵀPₖ₊₁ + Pₖ₊₁(F + SPₖ) = PₖSPₖ - Q; the iterates increase to the solution, quadratically when it is strict
 * (Kleinman 1968; Lancaster and Rodman, Algebraic Riccati Equations, section 9.2). Each step is backward stable, which
 * a basis of the subspace, inverted, is not.
 *
 * @returns undefined when there is no such solution: an iterate is no longer stabilising, or they do not settle.
 */
export function riccatiSolution(where: string, { F, S, Q }: RiccatiCoefficients): Matrix | undefined {
  let P = Matrix.zeros(F.rows, F.rows);
  let closed = F;
  for (let step = 0; step < 40; step++) {
    const right = Matrix.sub(Q, P.mmul(S).mmul(P));
    let next: Matrix;
    try {
      next = symmetrised(
        lyapunovSolution(where, { time: 'continuous', A: closed, Q: symmetrised(right), refinements: 0 }),
      );
    } catch (error) {
      if (error instanceof SingularSystemError) return undefined;
      throw error;
    }
    if (next.trace() < (1 - 1e-10) * P.trace()) return undefined; // the iterates increase when there is a solution
    const change = frobenius(Matrix.sub(next, P));
    P = next;
    closed = Matrix.add(F, S.mmul(P));
    if (change <= 1e-7 * frobenius(P)) return P; // quadratic: the next change would be near rounding
  }
  return undefined;
}
