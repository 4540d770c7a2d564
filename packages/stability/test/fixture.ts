import { readFileSync } from 'node:fs';

interface Case {
  readonly label: string;
  readonly A: number[][];
  readonly W: number[][];
  readonly lipschitzConstant: number;
  readonly report: {
    readonly premise: { maxEigAsym: number; sigmaMinW: number; holds: boolean };
    readonly a: { sigmaMinAsym: number; M_sigmaMaxW: number; holds: boolean };
    readonly b: { maxEigWplusWT: number; minEigATWplusWTA: number; holds: boolean };
    readonly holds: boolean;
  };
  readonly eigA: { re: number[]; im: number[] };
  readonly singularW: number[];
}

interface Fixture {
  readonly theorem1: Case[];
  readonly equilibrium: {
    readonly A: number[][];
    readonly W: number[][];
    readonly drive: number[];
    readonly equilibrium: number[];
    readonly jacobian: number[][];
    readonly eigenvalues: { re: number[]; im: number[] };
  };
  readonly lyapunovEquation: {
    readonly A: number[][];
    readonly Q: number[][];
    readonly continuousP: number[][];
    readonly discreteA: number[][];
    readonly discreteP: number[][];
  };
}

export const fixture = JSON.parse(
  readFileSync(new URL('./fixtures/stability.json', import.meta.url), 'utf8'),
) as Fixture;

/** Largest absolute difference of entries. */
export function gap(x: readonly (readonly number[])[], y: readonly (readonly number[])[]): number {
  return Math.max(...x.flatMap((row, i) => row.map((value, j) => Math.abs(value - y[i]![j]!))));
}

/** Largest distance from a value to its nearest unused partner. */
export function spectrumGap(
  x: readonly { re: number; im: number }[],
  y: readonly { re: number; im: number }[],
): number {
  const left = [...y];
  let worst = x.length === y.length ? 0 : Infinity;
  for (const { re, im } of x) {
    const distances = left.map((other) => Math.hypot(re - other.re, im - other.im));
    const nearest = distances.indexOf(Math.min(...distances));
    worst = Math.max(worst, distances[nearest]!);
    left.splice(nearest, 1);
  }
  return worst;
}
