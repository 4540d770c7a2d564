import { lipschitzRNN } from '@hurwitz/cells';
import { tableaux } from '@hurwitz/integrators';
import { z } from 'zod';
import { option, positive, real, share } from '../options/option.js';
import { defineCell } from './cell.js';
import { epsilon, gammaW, gated } from './shared-options.js';

const schemeNames = Object.keys(tableaux);

export const lipschitz = defineCell({
  name: 'lipschitz',
  options: {
    epsilon,
    betaA: option(share, {
      kind: 'number',
      group: 'Model',
      about: 'A: 0 symmetric, 1 skew-symmetric',
      default: 0.75,
    }),
    gammaA: option(real, {
      kind: 'number',
      group: 'Model',
      about: 'A: how far its spectrum is shifted to the left',
      default: 0.001,
    }),
    betaW: option(share, {
      kind: 'number',
      group: 'Model',
      about: 'W: 0 symmetric, 1 skew-symmetric',
      default: 0.75,
    }),
    gammaW,
    scheme: option(z.enum(schemeNames), {
      kind: 'name',
      group: 'Model',
      about: schemeNames.join(', '),
      default: 'euler',
    }),
    gated,
    initStd: option(positive.optional(), {
      kind: 'number',
      group: 'Model',
      about: 'lipschitz: recurrent weights start as N(0, σ²), σ = this / units',
    }),
    certify: option(z.boolean().default(false), {
      kind: 'switch',
      group: 'Model',
      about: 'keep γ_A above the bound of Theorem 1 (a) at every step',
      default: false,
    }),
  },
  layer: ({ epsilon, betaA, gammaA, betaW, gammaW, scheme, gated, initStd }, place) =>
    lipschitzRNN({
      ...place,
      epsilon,
      betaA,
      gammaA,
      betaW,
      gammaW,
      scheme: scheme as 'euler',
      gated,
      initStd,
    }),
  memory: { square: 2, blocks: 1 },
  refuse: ({ certify, betaA, betaW, gated }) => ({
    ...(certify && { certify: uncertifiable({ betaA, betaW, gated }) }),
  }),
});

/** Why a model of these settings cannot be kept certified, or undefined. */
function uncertifiable({ betaA, betaW, gated }: { betaA: number; betaW: number; gated: boolean }) {
  if (betaA === 1 || betaW === 1) {
    return 'needs --beta-a and --beta-w below 1, where the weights can move all of A and W';
  }
  return gated ? 'does not go with --gated: Theorem 1 is about the cell without a gate' : undefined;
}
