import { identificationExperiment } from './equivalence-identification.js';

export const equivalenceFig3 = identificationExperiment({
  id: 'equivalence-fig3',
  figure: 3,
  signalToNoise: 15,
});
