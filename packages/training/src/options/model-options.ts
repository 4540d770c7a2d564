import { z } from 'zod';
import { cellNames, cellOf, cells } from '../cells/index.js';
import { count, option, part, positive, type Refusals } from './option.js';

/** How the readout starts: Glorot with bias 0, or as PyTorch's Linear, kernel and bias in ±1/√units. */
const readoutInitNames = ['glorot', 'linear'] as const;

/** The recurrent layer, and what surrounds it in a model. */
export const recurrentOptions = {
  cell: option(z.enum(cellNames), {
    kind: 'name',
    group: 'Model',
    about: cellNames.join(', '),
    default: 'lipschitz',
  }),
  units: option(count, { kind: 'number', group: 'Model', about: 'number of hidden units', default: 128 }),
  initRange: option(positive.optional(), {
    kind: 'number',
    group: 'Model',
    about: 'every weight of the recurrent layer starts uniform in ± this',
  }),
  dropout: option(part.default(0), {
    kind: 'number',
    group: 'Model',
    about: 'part of the states that the readout does not see in training',
    default: 0,
  }),
};

export const readoutInit = option(z.enum(readoutInitNames).default('glorot'), {
  kind: 'name',
  group: 'Model',
  about: `how the readout starts: ${readoutInitNames.join(', ')} (linear: PyTorch's, uniform in ±1/√units)`,
  default: 'glorot',
});

const stabilisable = cells.flatMap((cell) => ('refuseStable' in cell ? [cell.name] : []));

export const stable = option(positive.lt(1, 'must be less than 1').optional(), {
  kind: 'number',
  group: 'Model',
  about: `${stabilisable.join(', ')}: project after every step to models that contract by this factor`,
});

/** Values of the model's options that do not go together. */
export function refusedOfModel(
  config: Record<string, unknown> & { cell: string; stable?: number },
): Refusals {
  const cell = cellOf(config.cell);
  return {
    ...cell.refuse?.(config as never),
    ...(config.stable !== undefined && {
      stable:
        cell.refuseStable === undefined
          ? `needs --cell ${stabilisable.join(' or ')}, whose stable sets are known`
          : cell.refuseStable(config as never),
    }),
  };
}

/** Options of the model that another one leaves without effect. */
export const unreadOfModel = ({ initRange }: { initRange?: number }): Refusals =>
  initRange === undefined ? {} : { initStd: 'has no effect beside --init-range, which draws every weight' };
