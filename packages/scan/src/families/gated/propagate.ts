import type { DualName } from '../../duals/activations.js';
import type { FamilyWeights } from '../../family.js';

/** The weights of a gated cell for its tangent map in tfjs operations. */
export type PropagatedWeights = FamilyWeights<{ activation: DualName; recurrentActivation: DualName }>;
