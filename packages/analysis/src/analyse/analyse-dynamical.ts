import type { DynamicalLayer } from '@hurwitz/cells';
import {
  type Certificate,
  type Complex,
  type ContractionFactor,
  certifyContraction,
  certifyEulerContraction,
  checkDiscretisation,
  checkTheorem1,
  type DiscretisationReport,
  type EquilibriumKind,
  type EulerCertificate,
  eigenvalues,
  findEquilibria,
  type NoCertificate,
  residualContractionFactor,
  singularValues,
  type Theorem1Report,
  type Theorem1Requirements,
  theorem1Requirements,
  vanillaContractionFactor,
} from '@hurwitz/stability';
import { type AlongTestData, flowJacobians } from './along-test-data.js';
import type { NotCovered } from './covered.js';
import type { DynamicalSystem } from './dynamical-system.js';

export interface RestPoint {
  state: number[];
  /** ‖dh/dt‖ there. */
  residual: number;
  kind: EquilibriumKind;
  /** Of the flow's Jacobian there. */
  eigenvalues: Complex[];
  discretisation: DiscretisationReport;
}

/** Everything that is said of one layer of the dynamical family. */
export interface DynamicalAnalysis {
  system: DynamicalSystem;
  spectra: { A?: Complex[]; W: Complex[]; singularValuesA?: number[]; singularValuesW: number[] };
  theorem1: Theorem1Report | NotCovered;
  requirements: Theorem1Requirements | NotCovered;
  /** Whether a training of this cell could keep condition (a) true: its weights move all of A and W. */
  canCertify: boolean;
  /** For the flow with a constant input. */
  flowCertificate: Certificate | NoCertificate | NotCovered;
  /** For the layer itself, whatever its inputs. */
  stepCertificate: EulerCertificate | NotCovered;
  /** One step in the Euclidean norm, whatever its inputs. */
  contraction: ContractionFactor | NotCovered;
  restPoints: { points: RestPoint[]; starts: number; failedStarts: number } | NotCovered;
  /** Eigenvalues of the flow's Jacobian at moments of the test data. */
  flowEigenvalues: Complex[];
  discretisation: DiscretisationReport;
}

export function analyseDynamical(
  layer: DynamicalLayer,
  system: DynamicalSystem,
  { moments }: AlongTestData,
): DynamicalAnalysis {
  const { A, W, linear, step, tableau } = system;
  const jacobians = flowJacobians(layer, moments);
  return {
    system,
    spectra: {
      ...(A !== undefined && { A: eigenvalues(A), singularValuesA: singularValues(A) }),
      W: eigenvalues(W),
      singularValuesW: singularValues(W),
    },
    theorem1: ofFlow(system, (slopes) => checkTheorem1({ A: linear, W, ...slopes })),
    requirements: requirements(layer, system),
    canCertify: canCertify(layer, system),
    flowCertificate: ofFlow(system, (slopes) => certifyContraction({ A: linear, W, ...slopes })),
    stepCertificate: withSlopes(system, (slopes) =>
      isEuler(system)
        ? certifyEulerContraction({ A: linear, W, step, ...slopes })
        : { notCovered: `the step is ${system.scheme}'s, and the certificate of a step is for Euler's` },
    ),
    contraction: withSlopes(system, ({ lipschitzConstant }) => contraction(system, lipschitzConstant)),
    restPoints: restPoints(layer, system),
    flowEigenvalues: jacobians.flatMap((jacobian) => eigenvalues(jacobian)),
    discretisation: checkDiscretisation({ jacobians, scheme: tableau, step }),
  };
}

const isEuler = ({ tableau }: DynamicalSystem): boolean => tableau.b.length === 1;

/** The theorems need a bound on the slopes of σ, and no gate. */
function withSlopes<Result>(
  { lipschitzConstant, gated }: DynamicalSystem,
  compute: (slopes: { lipschitzConstant: number; monotone: true }) => Result,
): Result | NotCovered {
  if (gated) return { notCovered: 'the gate multiplies the field, which the theorem does not cover' };
  if (lipschitzConstant === undefined) {
    return { notCovered: 'modReLU with a positive threshold jumps at 0, so it has no Lipschitz constant' };
  }
  return compute({ lipschitzConstant, monotone: true });
}

function ofFlow<Result>(
  system: DynamicalSystem,
  compute: (slopes: { lipschitzConstant: number; monotone: true }) => Result,
): Result | NotCovered {
  if (system.isMap) return { notCovered: 'the layer is a map, not a flow in time steps' };
  return withSlopes(system, compute);
}

function requirements(layer: DynamicalLayer, system: DynamicalSystem): Theorem1Requirements | NotCovered {
  const { A, W, gated } = system;
  if (A === undefined) return { notCovered: 'the cell has no γ_A' };
  if (gated) return { notCovered: 'the gate multiplies the field, which the theorem does not cover' };
  const { gammaA } = layer.cell.getConfig() as { gammaA: number };
  return theorem1Requirements({ A, W, gammaA });
}

function canCertify(layer: DynamicalLayer, { A, gated }: DynamicalSystem): boolean {
  const { betaA = 1, betaW = 1 } = layer.cell.getConfig() as { betaA?: number; betaW?: number };
  return A !== undefined && !gated && betaA < 1 && betaW < 1;
}

function contraction(system: DynamicalSystem, lipschitzConstant: number): ContractionFactor | NotCovered {
  const { A, W, step, isMap } = system;
  if (isMap) return vanillaContractionFactor({ W, lipschitzConstant });
  if (!isEuler(system)) return { notCovered: `the step is ${system.scheme}'s, and the bound is for Euler's` };
  return residualContractionFactor({ ...(A !== undefined && { A }), W, step, lipschitzConstant });
}

/** Rest points without input, found from the origin and eight random states. A positive gate leaves them where they are. */
function restPoints(layer: DynamicalLayer, system: DynamicalSystem): DynamicalAnalysis['restPoints'] {
  const { linear, W, bias, activation, step, tableau } = system;
  if (activation === 'modrelu') return { notCovered: 'modReLU has a threshold for each unit' };
  if (layer.getConfig()['vocabularySize'] != null) {
    return { notCovered: 'the layer reads tokens, so it never runs without input' };
  }
  const known = activation as 'tanh' | 'relu' | 'linear' | 'sigmoid';
  const found = findEquilibria({ A: linear, W, drive: bias, activation: known, randomStarts: 8 });
  const inputDim = layer.weights[0]?.shape[0] as number;
  const points = found.equilibria.map(({ equilibrium, residual, classification }) => {
    const moment = { state: Float64Array.from(equilibrium), input: new Float64Array(inputDim) };
    const jacobians = flowJacobians(layer, [moment]);
    return {
      state: equilibrium,
      residual,
      kind: classification,
      eigenvalues: eigenvalues(jacobians[0] as number[][]),
      discretisation: checkDiscretisation({ jacobians, scheme: tableau, step }),
    };
  });
  return { points, starts: found.starts, failedStarts: found.failedStarts };
}
