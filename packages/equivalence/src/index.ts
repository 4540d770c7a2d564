export { checkEquivalence, type EquivalenceReport } from './check-equivalence.js';
export { type ClosestRNN, closestRNN, type SearchOptions } from './closest-rnn.js';
export { type Comparison, type ComparisonOptions, compareRNNs } from './compare-rnns.js';
export { EquivalenceError, InputBoundError, NotContractiveError } from './errors.js';
export { markovParameters, minimalOrder } from './linear-system.js';
export { type Linearisation, linearise } from './linearise.js';
export { rSquared } from './r-squared.js';
export {
  checkRankArgument,
  type RankArgument,
  type RankStep,
  type TightContractiveRNN,
  tightContractiveRNN,
} from './rank-argument.js';
export type { InputBounded, InputNorm, RNNModel } from './rnn-model.js';
export { runRNN } from './run-rnn.js';
export {
  type NoisySequences,
  noisySequences,
  type SyntheticContractiveRNN,
  syntheticContractiveRNN,
} from './synthetic-contractive-rnn.js';
export { transformRNN } from './transform-rnn.js';
export { type InputMargin, type UnitaryRNN, unitaryFromContractive } from './unitary-from-contractive.js';
