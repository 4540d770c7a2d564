import { vanillaRNN } from '@hurwitz/cells';
import { defineCell } from './cell.js';
import { activation } from './shared-options.js';

export const vanilla = defineCell({
  name: 'vanilla',
  options: { activation },
  layer: ({ activation }, place) => vanillaRNN({ ...place, activation }),
  memory: { square: 1, blocks: 1 },
  refuseStable: ({ activation }) =>
    activation === 'modrelu' ? 'does not go with --activation modrelu, which may jump' : undefined,
});
