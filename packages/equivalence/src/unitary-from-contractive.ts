import { word } from '@hurwitz/input';
import { singularValueDecomposition, spectralNorm } from '@hurwitz/stability';
import { Matrix } from 'ml-matrix';
import { EquivalenceError, NotContractiveError } from './errors.js';
import { checkBound, type InputBounded, type InputNorm } from './input-bound.js';
import { type Network, type RNNModel, toNetwork } from './rnn-model.js';

/** An orthogonal ReLU network with twice the units, and the figures its equality rests on. */
export interface UnitaryRNN extends RNNModel, InputBounded {
  /** [2·units, 2·units], orthogonal; W of the contraction is its upper left block. */
  readonly W: number[][];
  /** [inputDim, 2·units] */
  readonly kernel: number[][];
  /** [2·units]; -stateBound in the second half. */
  readonly bias: number[];
  /** [2·units, outputs] */
  readonly readout: number[][];
  readonly activation: 'relu';
  /** [2·units] */
  readonly initialState: number[];
  /** M_h, which ‖h‖₂ of the contraction never exceeds for inputs inside the bound. */
  readonly stateBound: number;
  /** ρ = ‖W‖₂ of the contraction. */
  readonly contraction: number;
  readonly margin: InputMargin;
}

/** How much larger than promised inputs may be before equality is no longer proved. */
export interface InputMargin {
  /** Equality is proved for inputs up to this size, at least `inputBound`; Infinity when inputs do not reach the state. */
  readonly largestInput: number;
  /** largestInput - inputBound. */
  readonly left: number;
}

/**
 * An orthogonal ReLU network with the same input-output map as a contractive one, for inputs inside a bound
 * (Emami, Sahraee-Ardakan, Rangan, Fletcher, Input-Output Equivalence of Unitary and Contractive RNNs, NeurIPS 2019,
 * Theorem 3.1).
 *
 * W with ‖W‖₂ = ρ < 1 is dilated to U = [[W, (I - WWᵀ)^½], [(I - WᵀW)^½, -Wᵀ]]; inputs enter, and outputs read, the first
 * half only. The second half has bias -M_h with M_h = max(‖h₋₁‖, D/(1 - ρ)), D = max ‖U x + b‖ over allowed inputs, so its
 * pre-activation is at most ‖h‖ - M_h ≤ 0 and it stays at zero. A larger input can wake it, and the maps part:
 * `runRNN` with `checkInputs` refuses such inputs.
 *
 * @param model.inputBound largest size of any input.
 * @param model.inputNorm in which it is measured. A box of half-width M contains the ball of radius M, so the default
 * is right, if more cautious, for a Euclidean bound too.
 * @throws NotContractiveError when ‖W‖₂ ≥ 1, with the excess.
 * @throws EquivalenceError on bad weights, an activation other than ReLU, a bound that is missing or negative, or a state
 * beyond the range of float64.
 */
export function unitaryFromContractive(
  model: RNNModel & { inputBound: number; inputNorm?: InputNorm },
): UnitaryRNN {
  const where = 'unitaryFromContractive';
  const network = toNetwork(where, model, 'model', { inputBound: true, inputNorm: true });
  const { inputBound, inputNorm = 'infinity' } = model;
  if (network.activation !== 'relu') {
    const fix = 'The construction needs a unit that can stay off; Theorem 4.1 excludes smooth activations.';
    throw new EquivalenceError(where, "activation 'relu'", word(network.activation), fix);
  }
  checkBound(where, { inputBound, inputNorm });
  const rho = spectralNorm(network.W);
  if (rho >= 1) throw new NotContractiveError(where, rho);
  const drive = inputNorm === '2' ? ballDrive(network) : boxDrive(network);
  const stateBound = Math.max(Math.hypot(...network.initialState), drive.size(inputBound) / (1 - rho));
  if (!Number.isFinite(stateBound)) {
    const fix = 'Scale inputs, kernel, bias and initial state down.';
    throw new EquivalenceError(
      where,
      'a bound on the state within the range of float64',
      'a larger one',
      fix,
    );
  }
  const { W, coupling } = dilate(network.W);
  const n = network.W.length;
  const zeros = new Array<number>(n).fill(0);
  // Pre-activation i of the second half is at most couplingᵢ ‖h‖: less than ‖h‖, and that is the margin.
  const largestInput = Math.max(inputBound, drive.inverse(((1 - rho) * stateBound) / coupling));
  return {
    W,
    kernel: network.kernel.map((row) => [...row, ...zeros]),
    bias: [...network.bias, ...zeros.map(() => -stateBound)],
    readout: [...network.readout, ...zeros.map(() => network.readout[0]!.map(() => 0))],
    activation: 'relu',
    initialState: [...network.initialState, ...zeros],
    ...{ inputBound, inputNorm, stateBound, contraction: rho },
    margin: { largestInput, left: largestInput - inputBound },
  };
}

/**
 * The orthogonal dilation, from W = P S Qᵀ, and the largest row norm of (I - WᵀW)^½ = Q (I - S²)^½ Qᵀ. The
 * singular vectors keep it orthogonal to rounding however close S comes to 1.
 */
function dilate(W: number[][]): { W: number[][]; coupling: number } {
  const { U: P, values, V: Q } = singularValueDecomposition(W);
  const complement = values.map((s) => Math.sqrt(Math.max(0, (1 - s) * (1 + s))));
  const root = (vectors: number[][]) => {
    const V = new Matrix(vectors);
    return V.clone().mulRowVector(complement).mmul(V.transpose()).to2DArray();
  };
  const right = root(P);
  const below = root(Q);
  return {
    W: [
      ...W.map((row, i) => [...row, ...right[i]!]),
      ...below.map((row, i) => [...row, ...W.map((column) => -column[i]!)]),
    ],
    coupling: Math.max(...below.map((row) => Math.hypot(...row))),
  };
}

/** How far inputs of a given size drive the state, and the size that drives it so far. */
interface Drive {
  /** Bound on ‖kernelᵀ x + bias‖₂. */
  size(inputBound: number): number;
  inverse(reach: number): number;
}

/** ‖x‖₂ ≤ M gives ‖F‖₂ M + ‖b‖₂. */
function ballDrive({ kernel, bias }: Network): Drive {
  const gain = spectralNorm(kernel);
  const offset = Math.hypot(...bias);
  return {
    size: (M) => gain * M + offset,
    inverse: (reach) => (gain === 0 ? Infinity : (reach - offset) / gain),
  };
}

/** |x| ≤ M entry by entry gives ‖ M |F| 1 + |b| ‖₂. */
function boxDrive({ kernel, bias }: Network): Drive {
  const gains = bias.map((_, i) => kernel.reduce((sum, row) => sum + Math.abs(row[i]!), 0));
  const size = (M: number) => Math.hypot(...gains.map((gain, i) => gain * M + Math.abs(bias[i]!)));
  return {
    size,
    inverse: (reach) => {
      if (gains.every((gain) => gain === 0)) return Infinity;
      // Lengths in units of the reach, so that no square overflows: the positive root of a M² + 2 b M = 1 - c.
      const offsets = bias.map((entry) => Math.abs(entry) / reach);
      const slopes = gains.map((gain) => gain / reach);
      const room = 1 - offsets.reduce((sum, offset) => sum + offset * offset, 0);
      if (!(room > 0)) return 0;
      const b = slopes.reduce((sum, slope, i) => sum + slope * offsets[i]!, 0);
      return room / (b + Math.hypot(b, Math.hypot(...slopes) * Math.sqrt(room))); // the form that does not cancel
    },
  };
}
