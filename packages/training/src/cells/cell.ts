import type * as tfl from '@tensorflow/tfjs-layers';
import type { Options, Refusals, ValuesOf } from '../options/option.js';

export type RecurrentLayer = InstanceType<typeof tfl.RNN>;
export type Initializer = ReturnType<typeof tfl.initializers.randomUniform>;

/** What a model says of its recurrent layer, whatever the cell. */
export interface LayerPlace {
  name: string;
  units: number;
  seed: number;
  returnSequences: boolean;
  returnState?: boolean;
  kernelInitializer?: Initializer;
  biasInitializer?: 'zeros';
  vocabularySize?: number;
}

/** A cell that `--cell` chooses: its options, and its layer made of their values. */
export interface Cell<Name extends string = string, Own extends Options = Options> {
  name: Name;
  /** Those that its layer reads. */
  options: Own;
  /** A layer with weights drawn from the seed. */
  layer(values: ValuesOf<Own>, place: LayerPlace): RecurrentLayer;
  /** Matrices [units, units], and blocks of drive that an input makes: for what a training holds in memory. */
  memory: { square: number; blocks: number };
  /** Values of its options that do not go together. */
  refuse?(values: ValuesOf<Own>): Refusals;
  /** For a cell whose stable models are known: why these values cannot be kept stable, or undefined. */
  refuseStable?(values: ValuesOf<Own> & { stable?: number }): string | undefined;
}

/** Holds a cell's functions to its own options. */
export const defineCell = <const Name extends string, Own extends Options, Rest extends object>(
  cell: Cell<Name, Own> & Rest,
): Cell<Name, Own> & Rest => cell;
