import { type RecurrenceSpec, recurrence } from '@hurwitz/scan';
import {
  type Scalar,
  type serialization,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tidy,
} from '@tensorflow/tfjs-core';
import { RNN, type RNNLayerArgs } from '@tensorflow/tfjs-layers';
import type { DynamicalCell } from './dynamicalCell.js';
import { CellError } from './errors.js';

/** The options that every recurrent layer of tf.layers takes. */
export type RecurrentLayerArgs = Omit<RNNLayerArgs, 'cell'>;

interface CallArguments {
  mask?: Tensor | Tensor[] | null;
  training?: boolean;
  initialState?: Tensor[] | null;
}

/** A tf.layers RNN whose whole sequence runs through one call of `recurrence`. */
export abstract class RecurrentLayer extends RNN {
  /** What to run, from the current weights. */
  protected abstract recurrenceSpec(): RecurrenceSpec;

  // As every other layer of tf.layers: calling build by hand does not make apply build again.
  override build(inputShape: (number | null)[] | (number | null)[][]): void {
    super.build(inputShape);
    this.built = true;
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
      const { states, finalState } = recurrence(input as Tensor3D, spec);
      if (this.stateful) this.resetStates(finalState, training);
      const output = states ?? finalState[0]!;
      // Clones: tf.layers disposes of one output of a layer without a thought for another that is the same tensor.
      return this.returnState ? [output, ...finalState.map((state) => state.clone())] : output;
    });
  }

  // tf.layers' RNN forgets the regularizers of its cell; these do not.
  override calculateLosses(): Scalar[] {
    return [...super.calculateLosses(), ...this.cell.calculateLosses()];
  }

  /** @nocollapse */
  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    return new cls(config);
  }
}

/** The layer of a {@link DynamicalCell}. */
export abstract class DynamicalLayer<C extends DynamicalCell = DynamicalCell> extends RecurrentLayer {
  declare readonly cell: C;

  protected constructor(cell: C, args: RecurrentLayerArgs) {
    super({ ...args, cell });
  }

  protected recurrenceSpec(): RecurrenceSpec {
    return this.cell.recurrenceSpec();
  }

  /** A (where the family has one) and W [units, units], as they multiply a column vector. The caller owns them. */
  systemMatrices(): ReturnType<C['systemMatrices']> {
    return this.cell.systemMatrices() as ReturnType<C['systemMatrices']>;
  }
}

/** A layer's arguments for its cell: whether the layer trains is the layer's to say, so that it can be changed later. */
export function forCell<T extends RecurrentLayerArgs>(args: T): T {
  return args == null ? args : { ...args, trainable: true };
}
