import { type DynamicalLayer, type TangentSystem, tangentSystem } from '@hurwitz/cells';
import { type EndToEndJacobian, endToEndJacobian, spectralNorm } from '@hurwitz/stability';
import type { Stage } from '@hurwitz/training';
import { type TestSequences, testSequences } from '@hurwitz/training';
import type * as tfl from '@tensorflow/tfjs-layers';

type RNN = InstanceType<typeof tfl.RNN>;

/** What the trained layer does along sequences of the task's test data. */
export interface AlongTestData {
  sequences: number;
  /** Steps of each. */
  length: number;
  /** Largest |entry| of the inputs of all sequences that were read, and how many these were. */
  inputBound: number;
  inputSequences: number;
  /** States and inputs at some moments of each sequence, evenly spread. */
  moments: Moment[];
  /** Largest singular value of the step Jacobians at these moments: how much one step amplified a small difference. */
  largestGain: number;
  /** ∂h_T/∂h_1 of each sequence; none when a sequence has one step. */
  endToEnd: EndToEndJacobian[];
}

export interface Moment {
  state: Float64Array;
  input: Float64Array;
  /** ∂h_t/∂h_{t-1}. */
  stepJacobian: number[][];
}

/** Sequences whose inputs are read for their bound, and of these the number whose states are followed at most. */
const readSequences = 200;
const followedSequences = 4;
const momentsPerSequence = 4;
/** Multiplications that the end-to-end products may take together: about ten seconds; one sequence is always followed. */
const budget = 4e9;

/** Runs the layer in float64 over the stage's first test sequences. */
export function alongTestData(stage: Stage, layer: RNN): AlongTestData {
  const system = tangentSystem(layer);
  const read = testSequences(stage, readSequences);
  const { sequences, starts } = read;
  const length = (sequences[0] as Float64Array[]).length;
  const cost = system.dimension ** 3 * length;
  const followed = Math.max(1, Math.min(followedSequences, sequences.length, Math.floor(budget / cost)));
  const moments: Moment[] = [];
  const endToEnd: EndToEndJacobian[] = [];
  for (let i = 0; i < followed; i++) {
    const start = starts?.[i] ?? new Float64Array(system.stateSize);
    const inputs = sequences[i] as Float64Array[];
    const states = statesOf(system, { start, inputs });
    const at = (t: number): Moment => {
      const [state, input] = [states[t] as Float64Array, inputs[t] as Float64Array];
      return { state, input, stepJacobian: system.jacobian(state, input) };
    };
    for (let k = 1; k <= momentsPerSequence; k++) {
      moments.push(at(Math.ceil((k * length) / momentsPerSequence) - 1));
    }
    if (length > 1) endToEnd.push(endToEndJacobian(later(length, (t) => at(t).stepJacobian)));
  }
  return {
    sequences: followed,
    length,
    inputBound: largestInput(read),
    inputSequences: sequences.length,
    moments,
    largestGain: Math.max(...moments.map(({ stepJacobian }) => spectralNorm(stepJacobian))),
    endToEnd,
  };
}

/**
 * The Jacobian of the flow at some moments. Of a layer that steps by Euler it is (J - I)/ε; a layer with another scheme
 * is asked by a copy that steps by Euler.
 */
export function flowJacobians(
  layer: DynamicalLayer,
  moments: readonly Pick<Moment, 'state' | 'input'>[],
): number[][][] {
  const { epsilon, scheme } = layer.cell.member;
  const system = scheme === 'euler' ? tangentSystem(layer) : tangentSystem(eulerCopy(layer));
  return moments.map(({ state, input }) =>
    system.jacobian(state, input).map((row, i) => row.map((x, j) => (x - (i === j ? 1 : 0)) / epsilon)),
  );
}

function eulerCopy(layer: DynamicalLayer): DynamicalLayer {
  const LayerClass = layer.constructor as new (config: object) => DynamicalLayer;
  const copy = new LayerClass({ ...layer.getConfig(), scheme: 'euler', name: `${layer.name}_euler` });
  const kernel = layer.weights[0] as tfl.LayerVariable;
  copy.build([null, null, kernel.shape[0] as number]);
  copy.setWeights(layer.getWeights());
  return copy;
}

function* later(length: number, jacobian: (t: number) => number[][]): Generator<number[][]> {
  for (let t = 1; t < length; t++) yield jacobian(t);
}

/** The state before each step. */
function statesOf(
  system: TangentSystem,
  { start, inputs }: { start: Float64Array; inputs: readonly Float64Array[] },
): Float64Array[] {
  const states = [start];
  for (const input of inputs) states.push(system.step(states.at(-1) as Float64Array, input));
  return states;
}

/** A token stands for the one-hot vector that it selects. */
function largestInput({ sequences, tokens }: TestSequences): number {
  return tokens ? 1 : sequences.flat().reduce((bound, x) => Math.max(bound, ...x.map(Math.abs)), 0);
}
