export type Matrix = readonly (readonly number[])[];

export function apply(A: Matrix, v: ArrayLike<number>): number[] {
  return A.map((row) => row.reduce((sum, entry, j) => sum + entry * v[j]!, 0));
}

/** exp(A t) v in float64: 2^-10 of the exponent by its Taylor series, 2^10 times. */
export function expTimes(A: Matrix, t: number, v: readonly number[]): number[] {
  let state = [...v];
  for (let part = 0; part < 1024; part++) {
    let term = state;
    const sum = [...state];
    for (let n = 1; n <= 12; n++) {
      term = apply(A, term).map((x) => (x * t) / 1024 / n);
      term.forEach((x, i) => {
        sum[i]! += x;
      });
    }
    state = sum;
  }
  return state;
}

export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.hypot(...Array.from(a, (x, i) => x - b[i]!));
}

/** Least-squares slope of y over x. */
export function slope(x: readonly number[], y: readonly number[]): number {
  const mean = (v: readonly number[]) => v.reduce((sum, e) => sum + e, 0) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  return (
    x.reduce((sum, e, i) => sum + (e - mx) * (y[i]! - my), 0) / x.reduce((sum, e) => sum + (e - mx) ** 2, 0)
  );
}
