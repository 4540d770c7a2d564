import { antisymmetric } from './antisymmetric.js';
import { cayley } from './cayley.js';
import type { Cell } from './cell.js';
import { exponential } from './exponential.js';
import { gru } from './gru.js';
import { lipschitz } from './lipschitz.js';
import { lstm } from './lstm.js';
import { residual } from './residual.js';
import { vanilla } from './vanilla.js';

/** Every cell that `--cell` takes, in the order of the help. */
export const cells = [lipschitz, antisymmetric, vanilla, residual, cayley, exponential, lstm, gru] as const;

export type CellName = (typeof cells)[number]['name'];

export const cellNames = cells.map(({ name }) => name) as [CellName, ...CellName[]];

type Intersection<Union> = (Union extends unknown ? (each: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;

/** The options of all cells. */
export type CellOptions = Intersection<(typeof cells)[number]['options']>;

export const cellOptions = Object.assign({}, ...cells.map(({ options }) => options)) as CellOptions;

/** The cell of a name. */
export const cellOf = (name: string): Cell => cells.find((cell) => cell.name === name) as unknown as Cell;
