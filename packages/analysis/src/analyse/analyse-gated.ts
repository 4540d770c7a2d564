import {
  type Complex,
  eigenvalues,
  type LSTMContractionFactor,
  lstmContractionFactor,
  singularValues,
} from '@hurwitz/stability';
import { UserError } from '@hurwitz/training';
import type { layers } from '@tensorflow/tfjs-layers';
import type { AlongTestData } from './along-test-data.js';
import type { NotCovered } from './covered.js';

/** What is said of an LSTM or a GRU. */
export interface GatedAnalysis {
  family: 'lstm' | 'gru';
  units: number;
  /** Singular values of the recurrent matrix of each gate, by its letter. */
  gates: Record<string, number[]>;
  contraction: LSTMContractionFactor | NotCovered;
  /** Eigenvalues of the step Jacobians at moments of the test data. */
  stepEigenvalues: Complex[];
}

const gateNames = { lstm: ['i', 'f', 'c', 'o'], gru: ['z', 'r', 'h'] } as const;

/** The layer's weights are tf.layers': kernel, recurrentKernel [units, gates · units], bias. */
export function analyseGated(
  layer: layers.Layer,
  family: 'lstm' | 'gru',
  { inputBound, moments }: AlongTestData,
): GatedAnalysis {
  const [kernel, recurrentKernel, bias] = layer.getWeights().map((weight) => weight.arraySync()) as [
    number[][],
    number[][],
    number[],
  ];
  if (!recurrentKernel.flat().every(Number.isFinite)) {
    throw new UserError(`The weights of ${layer.name} are not all finite, so there is nothing to analyse.`);
  }
  const units = recurrentKernel.length;
  const gates = gateNames[family].map((name, k) => [
    name,
    singularValues(recurrentKernel.map((row) => row.slice(k * units, (k + 1) * units))),
  ]);
  return {
    family,
    units,
    gates: Object.fromEntries(gates),
    contraction:
      family === 'lstm'
        ? lstmContractionFactor({ kernel, recurrentKernel, bias, inputBound })
        : { notCovered: 'Miller and Hardt give conditions for the LSTM, not for the GRU' },
    stepEigenvalues: moments.flatMap(({ stepJacobian }) => eigenvalues(stepJacobian)),
  };
}
