import type { Tableau } from '@hurwitz/integrators';
import { type Activation, type DynamicalSpec, recurrence } from '@hurwitz/scan';
import {
  expandDims,
  type serialization,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type SimpleRNNCellLayerArgs } from '@tensorflow/tfjs-layers';
import { DefaultInitializer, type Draw, type Initializer } from './draws.js';
import { CellError, NotBuiltError } from './errors.js';
import {
  checkCount,
  checkFlag,
  checkName,
  checkNames,
  checkNumber,
  integer,
  LAYER_OPTIONS,
  positive,
  readByTfLayers,
  tableauOf,
} from './options.js';

/** What every cell of this package takes, as in tf.layers; the recurrent ones concern the free parameters of A and W. */
export interface DynamicalCellArgs
  extends Omit<SimpleRNNCellLayerArgs, 'activation' | 'dropout' | 'recurrentDropout' | 'dropoutFunc'> {
  /** An integer from which the default initial weights are drawn; without it they differ every time. */
  seed?: number;
}

/** A and W as they multiply a column vector. */
export interface SystemMatrices {
  A?: Tensor2D;
  W: Tensor2D;
}

/** What a cell's step is made of, with the ranks of its tensors. */
export interface CellSpec extends DynamicalSpec {
  kernel: Tensor2D;
  W: Tensor2D;
  A?: Tensor2D;
  bias?: Tensor1D;
  gate?: { kernel: Tensor2D; bias: Tensor1D };
}

/** Which member of the family h⁺ = carry · h + epsilon · Φ(g ∘ (A h + act(W h + z)), h) a cell is. */
export interface Member {
  carry: 0 | 1;
  epsilon: number;
  activation: Activation;
  scheme: string | Tableau;
  gated: boolean;
}

/** A weight that holds free parameters of A or W. */
export interface FreeParameters {
  name: string;
  shape: number[];
  draw: Draw;
}

/** The initial values that a family's paper or code uses, by the size of the input. */
export interface Defaults {
  kernel: Draw;
  bias: Draw;
  gateBias: Draw;
}

const ACTIVATIONS: readonly Activation[] = ['tanh', 'relu', 'linear', 'sigmoid', 'modrelu'];

/** What all cells share: weights in the order kernel, free parameters, bias, gateKernel, gateBias; config; one step. */
export abstract class DynamicalCell extends layers.RNNCell {
  readonly units: number;
  override readonly stateSize: number;
  readonly useBias: boolean;
  readonly member: Readonly<Member>;
  readonly tableau: Tableau;
  private readonly seed: number | undefined;
  private readonly given: DynamicalCellArgs;
  private readonly roles: ReturnType<typeof layers.simpleRNNCell>;
  private readonly variables: Record<string, LayerVariable> = {};

  protected constructor(
    /** The public name for messages. */
    readonly where: string,
    args: DynamicalCellArgs,
    member: Member,
  ) {
    super(args ?? {});
    const { units, useBias, seed } = args ?? ({} as DynamicalCellArgs);
    checkCount(where, 'units', units);
    checkFlag(where, 'useBias', useBias ?? true);
    checkFlag(where, 'gated', member.gated);
    checkName(where, 'activation', member.activation, ACTIVATIONS);
    checkNumber(where, 'epsilon', member.epsilon, positive);
    if (seed != null) {
      checkNumber(where, 'seed', seed, integer);
    }
    for (const name of ['dropout', 'recurrentDropout'] as const) {
      if ((args as SimpleRNNCellLayerArgs)[name]) {
        throw new CellError(
          where,
          `no ${name}`,
          String((args as SimpleRNNCellLayerArgs)[name]),
          'Put tf.layers.dropout before it.',
        );
      }
    }
    this.units = units;
    this.stateSize = units;
    this.useBias = useBias ?? true;
    this.seed = seed ?? undefined;
    this.member = member;
    this.tableau = tableauOf(where, member.scheme);
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

  protected abstract freeParameters(): FreeParameters[];
  protected abstract defaults(inputDim: number): Defaults;

  /** A (where the family has one) and W [units, units], as they multiply a column vector. The caller owns them. */
  abstract systemMatrices(): SystemMatrices;

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
    const { kernel, bias, gateBias } = this.defaults(inputDim);
    this.weight('kernel', [inputDim, this.units], 'kernel', kernel);
    for (const { name, shape, draw } of this.freeParameters()) this.weight(name, shape, 'recurrent', draw);
    if (this.useBias) this.weight('bias', [this.units], 'bias', bias);
    if (this.member.gated) {
      this.weight('gateKernel', [inputDim, this.units], 'kernel', kernel);
      this.weight('gateBias', [this.units], 'bias', gateBias);
    }
    this.built = true;
  }

  private weight(name: string, shape: number[], role: 'kernel' | 'recurrent' | 'bias', draw: Draw): void {
    const asked = this.given[`${role}Initializer`] != null && name !== 'gateBias';
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
    const variable = this.variables[name];
    if (variable === undefined) throw new NotBuiltError(`${this.where}.${name}`);
    return variable.read() as T;
  }

  /** Puts a new value into a weight, by its name. */
  protected write(name: string, value: Tensor): void {
    const variable = this.variables[name];
    if (variable === undefined) throw new NotBuiltError(`${this.where}.${name}`);
    variable.write(value);
  }

  /** The specification that `recurrence` runs, from the current weights; differentiable in them. */
  recurrenceSpec(): CellSpec {
    const { carry, epsilon, activation, gated } = this.member;
    return {
      carry,
      epsilon,
      activation,
      tableau: this.tableau,
      kernel: this.read<Tensor2D>('kernel'),
      ...this.systemMatrices(),
      bias: this.useBias ? this.read<Tensor1D>('bias') : undefined,
      gate: gated
        ? { kernel: this.read<Tensor2D>('gateKernel'), bias: this.read<Tensor1D>('gateBias') }
        : undefined,
    };
  }

  /** One time step: [input, state] to [output, state], both the new state. */
  override call(inputs: Tensor | Tensor[]): Tensor[] {
    return tidy(() => {
      const [input, state] = inputs as [Tensor2D, Tensor2D];
      const spec = { ...this.recurrenceSpec(), initialState: state, returnSequences: false };
      const next = recurrence(expandDims(input, 1), spec).finalState[0]!;
      return [next, next];
    });
  }

  override getConfig(): serialization.ConfigDict {
    const roles = this.roles.getConfig();
    const serialized = (key: keyof DynamicalCellArgs & string) =>
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

  /** The options of the family itself, by the names that its constructor takes. */
  protected abstract familyConfig(): serialization.ConfigDict;
}

/** A scheme as it is written into a config: its name, or the tableau's numbers. */
export function schemeConfig(scheme: string | Tableau): serialization.ConfigDictValue {
  return typeof scheme === 'string'
    ? scheme
    : (JSON.parse(JSON.stringify(scheme)) as serialization.ConfigDict);
}
