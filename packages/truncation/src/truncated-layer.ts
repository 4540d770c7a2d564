import { described } from '@hurwitz/input';
import {
  pad,
  reshape,
  type Scalar,
  serialization,
  slice,
  stack,
  type Tensor,
  tensor2d,
  tidy,
  tile,
} from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type RNN, type Shape } from '@tensorflow/tfjs-layers';
import { TruncationError } from './errors.js';
import { checkFlag, checkOptions } from './numeric-input.js';
import { checkLength } from './truncated-state.js';

type LayerArgs = Omit<ConstructorParameters<typeof layers.Layer>[0] & object, 'weights'>;

/** Options of {@link truncated}. */
export interface TruncatedArgs extends LayerArgs {
  /** A recurrent layer; a built one shares its weights. Not stateful, backwards or returning its state. */
  layer: RNN;
  /** Steps looked back, 1 or more. */
  k: number;
  /** All positions [batch, time, units], or the last [batch, units]. */
  returnSequences?: boolean;
}

/** tf.layers layer of {@link truncated}. */
export class Truncated extends layers.Layer {
  /** @nocollapse */
  static className = 'Truncated';
  readonly layer: RNN;
  readonly k: number;
  readonly returnSequences: boolean;

  constructor(options: TruncatedArgs) {
    super(layerArgs(options));
    const { layer, k, returnSequences = true } = options;
    this.layer = layer;
    this.k = k;
    this.returnSequences = returnSequences;
  }

  override build(inputShape: Shape | Shape[]): void {
    if (!this.layer.built) {
      this.layer.build(windowShape(inputShape, this.k));
      this.layer.built = true;
    }
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch = null, time = null] = inputShape as Shape;
    if (time !== null) checkLength('truncated', this.k, time);
    const units = [this.layer.cell.stateSize].flat()[0] as number;
    return this.returnSequences ? [batch, time, units] : [batch, units];
  }

  override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean } | null): Tensor {
    return tidy(() => {
      const x = [inputs].flat()[0] as Tensor;
      const [batch, time, ...rest] = x.shape as [number, number, ...number[]];
      const { k } = this;
      checkLength('truncated', k, time);
      const training = kwargs?.training ?? false;
      if (!this.returnSequences) return this.lastState(steps(x, time - k, k), { training });
      // Position t sees inputs t-k+1 .. t as one row of a batch [batch·time, k, ...]; the first k-1 have fewer, and a mask
      // keeps their state at zero until there is one.
      const padded = pad(x, [[0, 0], [k - 1, 0], ...rest.map((): [number, number] => [0, 0])]);
      const shifts = Array.from({ length: k }, (_, j) => steps(padded, j, time));
      const windows = reshape(stack(shifts, 2), [batch * time, k, ...rest]);
      const mask = k === 1 ? undefined : tile(presence(time, k), [batch, 1]);
      return reshape(this.lastState(windows, { training, mask }), [batch, time, -1]);
    });
  }

  private lastState(windows: Tensor, { training, mask }: { training: boolean; mask?: Tensor }): Tensor {
    const output = this.layer.call(windows, { training, ...(mask && { mask }) }) as Tensor;
    if (!this.layer.returnSequences) return output;
    return reshape(slice(output, [0, this.k - 1], [-1, 1]), [windows.shape[0]!, -1]);
  }

  // The weights are the layer's: whatever concerns them is passed on.
  override get trainable(): boolean {
    return this.layer?.trainable ?? true;
  }

  override set trainable(value: boolean) {
    // tf.layers sets it once before there is a layer
    if (this.layer !== undefined) this.layer.trainable = value;
  }

  override get trainableWeights(): LayerVariable[] {
    return this.layer.trainableWeights;
  }

  override get nonTrainableWeights(): LayerVariable[] {
    return this.layer.nonTrainableWeights;
  }

  override getWeights(trainableOnly?: boolean): Tensor[] {
    return this.layer.getWeights(trainableOnly);
  }

  override setWeights(weights: Tensor[]): void {
    this.layer.setWeights(weights);
  }

  override calculateLosses(): Scalar[] {
    return this.layer.calculateLosses();
  }

  override setFastWeightInitDuringBuild(value: boolean): void {
    super.setFastWeightInitDuringBuild(value);
    this.layer?.setFastWeightInitDuringBuild(value);
  }

  override getConfig(): serialization.ConfigDict {
    const layer = { className: this.layer.getClassName(), config: this.layer.getConfig() };
    return { ...super.getConfig(), layer, k: this.k, returnSequences: this.returnSequences };
  }

  /** @nocollapse */
  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    const { className, config: inner } = config['layer'] as {
      className: string;
      config: serialization.ConfigDict;
    };
    const known = serialization.SerializationMap.getMap().classNameMap[className];
    if (known === undefined) {
      const fix = 'Import the package that has it before loading the model.';
      throw new TruncationError('truncated', 'a registered layer class', className, fix);
    }
    const [layerClass, fromConfig] = known;
    return new cls({ ...config, layer: fromConfig(layerClass, inner) });
  }
}

serialization.registerClass(Truncated);

/**
 * The truncated model of a recurrent layer, with the same weights: at each position, the state after the last k inputs from
 * zero (Miller and Hardt, Stable Recurrent Models, ICLR 2019). Feed-forward: all positions run at once, as one batch
 * [batch·time, k, inputDim], so it costs k steps of a large batch in place of `time` steps of a small one, and k times the
 * memory of the inputs. Positions t < k - 1 look back over the t + 1 inputs there are.
 *
 * Takes any layer of @hurwitz/cells and the SimpleRNN, LSTM and GRU of tf.layers; works in models, training and
 * `loadLayersModel`. A layer that is already part of a model shares its weights with it.
 *
 * @returns a layer from [batch, time, inputDim] to [batch, time, units].
 * @throws TruncationError when k is not a positive integer, is longer than the sequence, or the layer carries or returns state.
 */
export function truncated(args: TruncatedArgs): Truncated {
  return new Truncated(args);
}

/** The options that are every layer's, of options that are all checked. */
function layerArgs(options: TruncatedArgs): LayerArgs {
  checkOptions<TruncatedArgs & { customObjects?: unknown }>('truncated', options, {
    layer: true,
    k: true,
    returnSequences: true,
    name: true,
    inputShape: true,
    batchInputShape: true,
    batchSize: true,
    dtype: true,
    inputDType: true,
    trainable: true,
    customObjects: true, // loading a model adds it
  });
  const { layer, k, returnSequences = true, ...args } = options;
  checkLayer(layer);
  if (!Number.isInteger(k) || k < 1) {
    const fix = 'A truncated model looks back over at least one input.';
    throw new TruncationError('truncated', 'k to be a positive integer', described(k), fix);
  }
  checkFlag('truncated', 'returnSequences', returnSequences);
  return args;
}

function checkLayer(layer: RNN): void {
  const got = typeof layer?.name === 'string' && layer.name !== '' ? layer.name : described(layer);
  if (layer?.cell === undefined) {
    const fix = 'Pass a layer such as tf.layers.lstm({ units }).';
    throw new TruncationError('truncated', 'a recurrent layer', got, fix);
  }
  const wrong = (['stateful', 'goBackwards', 'returnState'] as const).filter((option) => layer[option]);
  if (wrong.length === 0) return;
  const fix = 'A truncated model starts every window from zero and gives its last state only.';
  throw new TruncationError('truncated', `a layer without ${wrong.join(', ')}`, got, fix);
}

function windowShape(inputShape: Shape | Shape[], k: number): Shape {
  const [, , ...rest] = inputShape as Shape;
  return [null, k, ...rest];
}

/** `count` steps of x from `start`. */
const steps = (x: Tensor, start: number, count: number): Tensor => slice(x, [0, start], [-1, count]);

/** [time, k]: 1 where window t has an input at its place j. */
const presence = (time: number, k: number): Tensor =>
  tensor2d(
    Array.from({ length: time }, (_, t) => Array.from({ length: k }, (_, j) => (t + j >= k - 1 ? 1 : 0))),
  );
