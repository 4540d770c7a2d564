import { identificationExperiment } from './equivalence-identification.js';

export const equivalenceFig2 = identificationExperiment({
  id: 'equivalence-fig2',
  figure: 2,
  signalToNoise: 20,
});
