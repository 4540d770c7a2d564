import { type AnyRecurrenceSpec, type RecurrenceSpec, recurrence } from '@hurwitz/scan';
import { expandDims, type serialization, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type SimpleRNNCellLayerArgs } from '@tensorflow/tfjs-layers';
import { DefaultInitializer, type Draw, type Initializer } from './draws.js';
import { CellError, NotBuiltError } from './errors.js';
import {
  checkCount,
  checkFlag,
  checkNames,
  checkNumber,
  integer,
  LAYER_OPTIONS,
  readByTfLayers,
} from './options.js';

/** What every cell of this package takes, as in tf.layers; the recurrent ones concern the free parameters of its matrices. */
export interface RecurrentCellArgs
  extends Omit<SimpleRNNCellLayerArgs, 'activation' | 'dropout' | 'recurrentDropout' | 'dropoutFunc'> {
  /** An integer from which the default initial weights are drawn; without it they differ every time. */
  seed?: number;
}

/** A weight of a cell. */
export interface CellWeight {
  name: string;
  shape: number[];
  /** Whose initializer, regularizer and constraint of the options it takes. */
  role: 'kernel' | 'recurrent' | 'bias';
  /** Its initial value where the options name no initializer. */
  draw: Draw;
  /** Whether `draw` makes its initial value whatever the options name; false when absent. */
  alwaysDrawn?: boolean;
}

/**
 * A cell that runs on `recurrence` of @hurwitz/scan: it says which weights it has and what they make; building, initial
 * values, regularizers, constraints, config and the single step are here.
 */
export abstract class RecurrentCell extends layers.RNNCell {
  readonly units: number;
  override readonly stateSize: number | number[];
  readonly useBias: boolean;
  private readonly seed: number | undefined;
  private readonly given: RecurrentCellArgs;
  private readonly roles: ReturnType<typeof layers.simpleRNNCell>;
  private readonly variables: Record<string, LayerVariable> = {};

  protected constructor(
    /** The public name for messages. */
    readonly where: string,
    args: RecurrentCellArgs,
    /** Widths of the family's states in units, as `states` of its definition has them. */
    states: readonly number[] = [1],
  ) {
    super(args ?? {});
    const { units, useBias, seed } = args ?? ({} as RecurrentCellArgs);
    checkCount(where, 'units', units);
    checkFlag(where, 'useBias', useBias ?? true);
    if (seed != null) checkNumber(where, 'seed', seed, integer);
    for (const name of ['dropout', 'recurrentDropout'] as const) {
      const value = (args as SimpleRNNCellLayerArgs)[name];
      if (value) throw new CellError(where, `no ${name}`, String(value), 'Put tf.layers.dropout before it.');
    }
    this.units = units;
    const sizes = states.map((width) => width * units);
    this.stateSize = sizes.length === 1 ? sizes[0]! : sizes;
    this.useBias = useBias ?? true;
    this.seed = seed ?? undefined;
    this.given = args;
    // tfjs-layers keeps its readers of initializers, regularizers and constraints to itself; its cell lends them.
    const roles = {
      units,
      name: `${this.name}_roles`,
      kernelInitializer: args.kernelInitializer,
      recurrentInitializer: args.recurrentInitializer,
      biasInitializer: args.biasInitializer,
      kernelRegularizer: args.kernelRegularizer,
      recurrentRegularizer: args.recurrentRegularizer,
      biasRegularizer: args.biasRegularizer,
      kernelConstraint: args.kernelConstraint,
      recurrentConstraint: args.recurrentConstraint,
      biasConstraint: args.biasConstraint,
    };
    this.roles = readByTfLayers(where, () => layers.simpleRNNCell(roles));
  }

  /** The weights in their order. */
  protected abstract cellWeights(inputDim: number): CellWeight[];

  /** The specification that `recurrence` runs, from the current weights; differentiable in them. */
  abstract recurrenceSpec(): AnyRecurrenceSpec;

  override build(inputShape: (number | null)[] | (number | null)[][]): void {
    if (this.built) return;
    // Here and not in the constructor, where the family's own options are not known yet.
    checkNames(this.where, this.given, [...Object.keys(this.getConfig()), ...LAYER_OPTIONS]);
    const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as (number | null)[];
    const inputDim = shape.at(-1);
    if (inputDim == null) {
      throw new CellError(
        this.where,
        'inputs of known size',
        `shape [${shape}]`,
        'Give inputShape its last entry.',
      );
    }
    for (const weight of this.cellWeights(inputDim)) this.add(weight);
    this.built = true;
  }

  private add({ name, shape, role, draw, alwaysDrawn = false }: CellWeight): void {
    const asked = this.given[`${role}Initializer`] != null && !alwaysDrawn;
    // Sixteen streams per seed: each weight has its own, and layers seeded 1, 2, 3 share none.
    const stream = this.seed === undefined ? undefined : this.seed * 16 + Object.keys(this.variables).length;
    const initializer = asked
      ? this.roles[`${role}Initializer`]
      : (new DefaultInitializer(draw, stream) as serialization.Serializable as Initializer);
    this.variables[name] = this.addWeight(
      name,
      shape,
      'float32',
      initializer,
      this.roles[`${role}Regularizer`],
      true,
      this.roles[`${role}Constraint`],
    );
  }

  /** The current value of a weight, by its name. */
  protected read<T extends Tensor>(name: string): T {
    return this.variable(name).read() as T;
  }

  /** Puts a new value into a weight, by its name. */
  protected write(name: string, value: Tensor): void {
    this.variable(name).write(value);
  }

  private variable(name: string): LayerVariable {
    const variable = this.variables[name];
    if (variable === undefined) throw new NotBuiltError(`${this.where}.${name}`);
    return variable;
  }

  /** One time step: [input, ...states] to [output, ...new states], of which the first is the output. */
  override call(inputs: Tensor | Tensor[]): Tensor[] {
    return tidy(() => {
      const [input, ...states] = inputs as [Tensor2D, ...Tensor2D[]];
      const initialState = states.length === 1 ? states[0]! : states;
      const spec = { ...this.recurrenceSpec(), initialState, returnSequences: false } as RecurrenceSpec;
      const next = recurrence(expandDims(input, 1), spec).finalState;
      return [next[0], ...next];
    });
  }

  override getConfig(): serialization.ConfigDict {
    const roles = this.roles.getConfig();
    const serialized = (key: keyof RecurrentCellArgs & string) =>
      this.given[key] == null ? null : roles[key]!;
    return {
      ...super.getConfig(),
      units: this.units,
      useBias: this.useBias,
      seed: this.seed ?? null,
      kernelInitializer: serialized('kernelInitializer'),
      recurrentInitializer: serialized('recurrentInitializer'),
      biasInitializer: serialized('biasInitializer'),
      kernelRegularizer: serialized('kernelRegularizer'),
      recurrentRegularizer: serialized('recurrentRegularizer'),
      biasRegularizer: serialized('biasRegularizer'),
      kernelConstraint: serialized('kernelConstraint'),
      recurrentConstraint: serialized('recurrentConstraint'),
      biasConstraint: serialized('biasConstraint'),
      ...this.familyConfig(),
    };
  }

  /** The options of the cell itself, by the names that its constructor takes. */
  protected abstract familyConfig(): serialization.ConfigDict;
}
