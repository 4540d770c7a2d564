import type { Tableau } from '@hurwitz/integrators';
import { type MatrixLike, symmetricSkew } from '@hurwitz/parameterisations';
import { serialization, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { uniform } from '../draws.js';
import {
  type Defaults,
  DynamicalCell,
  type DynamicalCellArgs,
  type FreeParameters,
  type SystemMatrices,
  schemeConfig,
} from '../dynamical/dynamical-cell.js';
import { checkNumber, finite, fraction, notNegative } from '../options.js';

export interface LipschitzRNNCellArgs extends DynamicalCellArgs {
  /** Step size. */
  epsilon?: number;
  /** From 0 (A symmetric) through 0.5 (free) to 1 (skew-symmetric). */
  betaA?: number;
  /** Shift of A's eigenvalues to the left. */
  gammaA?: number;
  betaW?: number;
  gammaW?: number;
  /** A tableau of @hurwitz/integrators by name (`'euler'`, `'midpoint'`, `'rk4'`, ...), or one of your own. */
  scheme?: string | Tableau;
  /** Multiplies the right-hand side by sigmoid(W h + U_g x + b_g), as the authors' code can. */
  gated?: boolean;
  /** The entries of M_A and M_W start as normal numbers of standard deviation initStd / units. */
  initStd?: number;
}

/**
 * One step of the Lipschitz RNN: dh/dt = A h + tanh(W h + U x + b), with
 * A = (1-β)(M+Mᵀ) + β(M-Mᵀ) - γI and W likewise, each with its own M, β and γ.
 *
 * The defaults are those of the authors' ordered pixel-MNIST run; their code has one β and one γ for both matrices.
 * Weights: kernel [inputDim, units], M_A, M_W [units, units], bias [units], gateKernel, gateBias.
 * Throws {@link CellError} for bad options.
 *
 * Source: Erichson et al., Lipschitz Recurrent Neural Networks, ICLR 2021.
 */
export class LipschitzRNNCell extends DynamicalCell {
  static readonly className = 'LipschitzRNNCell';
  private readonly shapes: { A: { beta: number; gamma: number }; W: { beta: number; gamma: number } };
  private readonly initStd: number;

  constructor(args: LipschitzRNNCellArgs) {
    const {
      epsilon = 0.03,
      betaA = 0.75,
      gammaA = 0.001,
      betaW = 0.75,
      gammaW = 0.001,
      scheme = 'euler',
      gated = false,
      initStd = 0.1,
    } = args ?? {};
    const where = 'lipschitzRNN';
    checkNumber(where, 'betaA', betaA, fraction);
    checkNumber(where, 'betaW', betaW, fraction);
    checkNumber(where, 'gammaA', gammaA, finite);
    checkNumber(where, 'gammaW', gammaW, finite);
    checkNumber(where, 'initStd', initStd, notNegative);
    super(where, args, { carry: 1, epsilon, activation: 'tanh', scheme, gated });
    this.shapes = { A: { beta: betaA, gamma: gammaA }, W: { beta: betaW, gamma: gammaW } };
    this.initStd = initStd;
  }

  protected freeParameters(): FreeParameters[] {
    const { units, initStd } = this;
    const shape = [units, units];
    const draw = (_: number[], seed: number | undefined) => symmetricSkew.sample({ units, initStd, seed });
    return [
      { name: 'M_A', shape, draw },
      { name: 'M_W', shape, draw },
    ];
  }

  /** PyTorch's Linear, as in the authors' code. */
  protected defaults(inputDim: number): Defaults {
    const linear = uniform(1 / Math.sqrt(inputDim));
    return { kernel: linear, bias: linear, gateBias: linear };
  }

  systemMatrices(): SystemMatrices & { A: Tensor2D } {
    return {
      A: symmetricSkew(this.read<Tensor2D>('M_A'), this.shapes.A),
      W: symmetricSkew(this.read<Tensor2D>('M_W'), this.shapes.W),
    };
  }

  /**
   * Puts in the M_A and M_W that give these matrices [units, units], to float32 rounding: for projections after a step of
   * training. At beta = 0 (1) a matrix must be symmetric (skew-symmetric) up to its gamma.
   *
   * @throws NotInImageError of @hurwitz/parameterisations when no M gives a matrix.
   */
  setSystemMatrices({ A, W }: { A: MatrixLike; W: MatrixLike }): void {
    tidy(() => {
      const [M_A, M_W] = [symmetricSkew.inverse(A, this.shapes.A), symmetricSkew.inverse(W, this.shapes.W)];
      this.write('M_A', M_A);
      this.write('M_W', M_W);
    });
  }

  protected familyConfig(): serialization.ConfigDict {
    const { epsilon, scheme, gated } = this.member;
    const { A, W } = this.shapes;
    return {
      epsilon,
      betaA: A.beta,
      gammaA: A.gamma,
      betaW: W.beta,
      gammaW: W.gamma,
      scheme: schemeConfig(scheme),
      gated,
      initStd: this.initStd,
    };
  }
}

serialization.registerClass(LipschitzRNNCell);
