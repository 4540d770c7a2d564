import { type AnyRecurrenceSpec, RECURRENCE, type RecurrenceSpec, recurrence } from '@hurwitz/scan';
import {
  cast,
  getBackend,
  getKernel,
  type Scalar,
  type serialization,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tidy,
} from '@tensorflow/tfjs-core';
import { InputSpec, RNN, type RNNLayerArgs, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { CellError } from './errors.js';
import { checkCount, checkFlag, checkNames, LAYER_OPTIONS } from './options.js';
import type { RecurrentCell } from './recurrent-cell.js';

/** The options that every recurrent layer of tf.layers takes, and one more. */
export type RecurrentLayerArgs = Omit<RNNLayerArgs, 'cell'> & {
  /**
   * Makes the layer read tokens [batch, time], whole numbers from 0 to vocabularySize - 1, rather than vectors: each
   * selects a row of the kernels, as an embedding would, without a one-hot product.
   */
  vocabularySize?: number;
};

interface CallArguments {
  mask?: Tensor | Tensor[] | null;
  training?: boolean;
  initialState?: Tensor[] | null;
}

/** A tf.layers RNN whose whole sequence runs through one call of `recurrence`. */
export abstract class RecurrentLayer extends RNN {
  private readonly vocabularySize: number | undefined;

  protected constructor(where: string, cell: RNN['cell'], args: RecurrentLayerArgs) {
    for (const name of ['returnSequences', 'returnState', 'goBackwards', 'stateful'] as const) {
      if (args[name] != null) checkFlag(where, name, args[name]);
    }
    super({ ...args, cell });
    const { vocabularySize } = args;
    if (vocabularySize == null) return;
    checkCount(where, 'vocabularySize', vocabularySize);
    this.vocabularySize = vocabularySize;
    this.inputSpec = [new InputSpec({ ndim: 2 })];
  }

  /** What `recurrence` runs, from the current weights; differentiable in them. */
  recurrenceSpec(): AnyRecurrenceSpec {
    return (this.cell as RecurrentCell).recurrenceSpec();
  }

  // As every other layer of tf.layers: calling build by hand does not make apply build again.
  override build(inputShape: (number | null)[] | (number | null)[][]): void {
    const [batch, time, ...rest] = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as (
      | number
      | null
    )[];
    // tf.layers builds from the shape of vectors, which is what tokens stand for.
    super.build([batch!, time!, ...(this.vocabularySize === undefined ? rest : [this.vocabularySize])]);
    if (this.vocabularySize !== undefined) {
      this.inputSpec = [new InputSpec({ shape: [this.stateful ? batch! : null, null] })];
    }
    this.built = true;
  }

  override apply(
    inputs: Tensor | Tensor[] | SymbolicTensor | SymbolicTensor[],
    kwargs?: Record<string, unknown>,
  ): Tensor | Tensor[] | SymbolicTensor | SymbolicTensor[] {
    const output = super.apply(inputs, kwargs as Parameters<RNN['apply']>[1]);
    // tf.layers keeps a symbolic initial state twice, among the inputs and as an argument that cannot be saved.
    delete (this.inboundNodes.at(-1)?.callArgs as CallArguments | null | undefined)?.initialState;
    return output;
  }

  override call(inputs: Tensor | Tensor[], kwargs: CallArguments | null): Tensor | Tensor[] {
    return tidy(() => {
      const { mask, training = false, initialState } = kwargs ?? {};
      const [input, ...extra] = [inputs].flat();
      const given =
        initialState ?? (extra.length > 0 ? extra : undefined) ?? (this.stateful ? this.states_ : undefined);
      const width = [this.cell.stateSize].flat().length;
      if (given != null && given.length !== width) {
        throw new CellError(
          this.name,
          `${width} initial state(s)`,
          String(given.length),
          'Pass one per state.',
        );
      }
      const spec = {
        ...this.recurrenceSpec(),
        mask: ([mask].flat()[0] ?? undefined) as Tensor2D | undefined,
        goBackwards: this.goBackwards,
        returnSequences: this.returnSequences,
        ...(given != null && { initialState: width === 1 ? given[0] : given }),
      } as RecurrenceSpec;
      const read = this.vocabularySize === undefined ? input : this.tokensOf(input!);
      const { states, finalState } = recurrence(read as Tensor3D, spec);
      if (this.stateful) this.resetStates(finalState, training);
      const output = states ?? finalState[0]!;
      // Clones: tf.layers disposes of one output of a layer without a thought for another that is the same tensor.
      return this.returnState ? [output, ...finalState.map((state) => state.clone())] : output;
    });
  }

  /** Tokens as int32. Where the recurrence checks their range, what is no whole number is refused too, and not cut off. */
  private tokensOf(input: Tensor): Tensor {
    if (input.dtype === 'float32' && getKernel(RECURRENCE, getBackend()) !== undefined) {
      const wrong = input.dataSync().find((token) => !Number.isInteger(token));
      if (wrong !== undefined) {
        const fix = 'Encode the text with the vocabulary of the layer.';
        throw new CellError(this.name, 'tokens as whole numbers', String(wrong), fix);
      }
    }
    return cast(input, 'int32');
  }

  // tf.layers' RNN forgets the regularizers of its cell; these do not.
  override calculateLosses(): Scalar[] {
    return [...super.calculateLosses(), ...this.cell.calculateLosses()];
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), vocabularySize: this.vocabularySize ?? null };
  }

  /** @nocollapse */
  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    return new cls(config);
  }
}

/** A layer's arguments for its cell: whether the layer trains is the layer's to say, so that it can be changed later. */
export function forCell<T extends RecurrentLayerArgs>(args: T): T {
  return args == null ? args : { ...args, trainable: true };
}

/** A new layer, refused if it was given an option that it does not have: tf.layers would pass over it in silence. */
export function withKnownOptions<L extends RecurrentLayer>(where: string, layer: L, args: object): L {
  checkNames(where, args, [...Object.keys(layer.getConfig()), ...LAYER_OPTIONS]);
  return layer;
}
