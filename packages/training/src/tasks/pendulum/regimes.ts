/** One panel of the paper's vector-field figure: a choice of β and γ, and what it makes of the dynamics. */
export interface Regime {
  name: string;
  title: string;
  beta: number;
  gamma: number;
}

/**
 * The four regimes of the Lipschitz RNN paper's figure. The data are the same; β and γ alone decide. With β = 1 the
 * symmetric part of A and of W is -γ I, so the trace of the Jacobian, everywhere in the plane, has the sign of -γ.
 */
export const regimes: readonly Regime[] = [
  { name: 'unstable', title: 'Unstable (γ < 0)', beta: 1, gamma: -0.05 },
  { name: 'slow-focus', title: 'Asymptotically stable, slow (small γ)', beta: 1, gamma: 0.05 },
  { name: 'fast-focus', title: 'Asymptotically stable, fast (large γ)', beta: 1, gamma: 0.3 },
  { name: 'skew', title: 'Skew-symmetric, stable without attractor (γ = 0)', beta: 1, gamma: 0 },
];
