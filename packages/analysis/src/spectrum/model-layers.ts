import { oneOf, UserError } from '@hurwitz/training';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

type Layer = layers.Layer;

/** What layers of tf.layers hold that hold others. */
type Inner = Partial<Record<'forwardLayer' | 'backwardLayer' | 'layer', Layer>> & {
  layers?: Layer[];
  cell?: Layer;
};

/** Every layer of a model, with those of inner models and of wrappers, such as the two of Bidirectional. */
export function allLayers(layer: Layer): Layer[] {
  const { layers, forwardLayer, backwardLayer, layer: wrapped } = layer as Inner;
  // Bidirectional keeps the layer that it was made from, which takes no part, beside the two that do.
  const held = forwardLayer === undefined ? [wrapped] : [forwardLayer, backwardLayer];
  const inner = layers ?? held.filter((each) => each !== undefined);
  return [...(layers === undefined ? [layer] : []), ...inner.flatMap(allLayers)];
}

/** The recurrent layers of a model whose step is known, so that one can be measured alone. */
export function recurrentLayers(model: Layer): Layer[] {
  return allLayers(model).filter((layer) => {
    const { cell } = layer as Inner;
    return cell !== undefined && !cell.getClassName().startsWith('Conv');
  });
}

/** @throws UserError when the model has no recurrent layer of that name. */
export function findRecurrentLayer(model: LayersModel, name: string): Layer {
  const known = recurrentLayers(model);
  if (known.length === 0) {
    throw new UserError(`--layer ${name}: ${model.name} has no recurrent layer whose exponents are known.`);
  }
  const names = known.map((layer) => layer.name);
  return known[names.indexOf(oneOf('--layer', name, names))]!;
}

/** Whether one of the layers is an LSTM, or stacks LSTM cells. */
export function hasLSTM(of: readonly Layer[]): boolean {
  return of.some((layer) => {
    const { cell } = layer as Inner;
    const cells = (cell as { cells?: Layer[] } | undefined)?.cells ?? [cell];
    return cells.some((each) => each?.getClassName() === 'LSTMCell');
  });
}

/** The first token that is no padding: an embedding with a mask passes over steps with the token 0. */
export function firstToken(of: readonly Layer[]): number {
  return of.some((layer) => (layer as { maskZero?: boolean }).maskZero === true) ? 1 : 0;
}
