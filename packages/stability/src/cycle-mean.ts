/** The largest mean of weights round a cycle, and v with wᵢⱼ + vⱼ - vᵢ ≤ mean for all i ≠ j. */
export interface CycleMean {
  readonly mean: number;
  readonly potentials: Float64Array;
}

/**
 * The largest cycle mean of a strongly connected graph without its loops, by Howard's policy iteration (Cochet-Terrasson
 * et al., Numerical computation of spectral elements in max-plus algebra, 1998). A few passes of order n².
 *
 * With the exponents of a matrix as weights, no diagonal similarity makes the largest entry off the diagonal smaller than
 * 2^mean, and D = diag(2^vᵢ) does make it that small. Scaling one index at a time comes to rest far from there when the
 * entries form chains.
 *
 * @param weights row-major n x n, n ≥ 2; -2²⁸ where there is no edge.
 */
export function largestCycleMean(weights: Int32Array, n: number): CycleMean {
  const choice = new Int32Array(n);
  const potentials = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let best = i === 0 ? 1 : 0;
    for (let j = 0; j < n; j++) if (j !== i && weights[i * n + j]! > weights[i * n + best]!) best = j;
    choice[i] = best;
    potentials[i] = weights[i * n + best]!;
  }
  let mean = -Infinity;
  for (let round = 0, improved = true; improved && round < 10 * n; round++) {
    const cycle = bestCycle(weights, choice);
    mean = cycle.mean;
    follow(weights, choice, { ...cycle, potentials });
    improved = false;
    for (let i = 0, at = 0; i < n; i++) {
      for (let j = 0; j < n; j++, at++) {
        if (j === i) continue;
        const value = weights[at]! - mean + potentials[j]!;
        if (value <= potentials[i]! + 1e-6) continue;
        potentials[i] = value;
        choice[i] = j;
        improved = true;
      }
    }
  }
  return { mean, potentials };
}

/** Of the cycles that the choices run into, the one with the largest mean, by one of its indices. */
function bestCycle(weights: Int32Array, choice: Int32Array): { mean: number; on: number } {
  const n = choice.length;
  const walk = new Int32Array(n).fill(-1); // the walk that met an index first
  let best = { mean: -Infinity, on: 0 };
  for (let start = 0; start < n; start++) {
    let i = start;
    for (; walk[i] === -1; i = choice[i]!) walk[i] = start;
    if (walk[i] !== start) continue; // ran into an earlier walk
    let [sum, length, j] = [0, 0, i];
    do {
      sum += weights[j * n + choice[j]!]!;
      length++;
      j = choice[j]!;
    } while (j !== i);
    if (sum / length > best.mean) best = { mean: sum / length, on: i };
  }
  return best;
}

/** Potentials that make the chosen edges equalities, for all indices whose choices lead to the cycle. */
function follow(
  weights: Int32Array,
  choice: Int32Array,
  { mean, on, potentials }: { mean: number; on: number; potentials: Float64Array },
): void {
  const n = choice.length;
  const before: number[][] = Array.from({ length: n }, () => []);
  for (let i = 0; i < n; i++) before[choice[i]!]!.push(i);
  const known = new Uint8Array(n);
  known[on] = 1;
  const queue = [on];
  for (let at = 0; at < queue.length; at++) {
    const j = queue[at]!;
    for (const i of before[j]!) {
      if (known[i] === 1) continue;
      known[i] = 1;
      potentials[i] = weights[i * n + j]! - mean + potentials[j]!;
      queue.push(i);
    }
  }
}
