import type { LayersModel, layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { CellError, UnsupportedLayerError } from '../errors.js';
import { isRecurrent } from './recurrent-layers.js';

const WHERE = 'tangentSystem';

type Layer = layers.Layer;

/** Whether a layer is a model: a sequence or graph of layers. */
export const isModel = (layer: Layer): layer is LayersModel => Array.isArray((layer as LayersModel).layers);

/**
 * The layers of a model from its input to its last recurrent layer, in the order of the data. What comes after does not
 * act on a state. Models within the model are opened.
 *
 * @throws CellError for a model without a recurrent layer, UnsupportedLayerError when the way is not one chain.
 */
export function layerChain(model: LayersModel): Layer[] {
  const recurrent = dataOrder(model.outputs).filter(({ sourceLayer }) => holdsRecurrence(sourceLayer));
  const last = recurrent.at(-1);
  if (last === undefined) {
    throw new CellError(
      WHERE,
      'a model with a recurrent layer',
      `'${model.name}', whose layers are ${model.layers.map((layer) => layer.getClassName()).join(', ')}`,
      'Only what carries a state from step to step has Lyapunov exponents.',
    );
  }
  const way = wayTo(last);
  const beside = recurrent.find(({ sourceLayer }) => !way.includes(sourceLayer));
  if (beside) throw branching(beside.sourceLayer);
  const end = last.sourceLayer;
  const chain = [...opened(way.slice(0, -1)), ...(isModel(end) ? layerChain(end) : [end])];
  checkDirection(chain);
  return chain;
}

/** With the layers of inner models, up to their output, in place of the models. */
function opened(way: readonly Layer[]): Layer[] {
  return way.flatMap((layer) => {
    if (!isModel(layer)) return [layer];
    const [output, ...others] = layer.outputs;
    if (others.length > 0) throw branching(layer);
    return opened(wayTo(output!));
  });
}

const holdsRecurrence = (layer: Layer): boolean =>
  isModel(layer) ? layer.layers.some(holdsRecurrence) : isRecurrent(layer);

const inputsOf = ({ sourceLayer, nodeIndex }: SymbolicTensor): SymbolicTensor[] =>
  sourceLayer.inboundNodes[nodeIndex]?.inputTensors ?? [];

/** Every tensor that the outputs are made from, each after those that it is made from. */
function dataOrder(outputs: readonly SymbolicTensor[]): SymbolicTensor[] {
  const seen = new Set<SymbolicTensor>();
  const order: SymbolicTensor[] = [];
  const visit = (tensor: SymbolicTensor): void => {
    if (seen.has(tensor)) return;
    seen.add(tensor);
    inputsOf(tensor).forEach(visit);
    order.push(tensor);
  };
  outputs.forEach(visit);
  return order;
}

/** The layers that lead to a tensor, its own last. */
function wayTo(tensor: SymbolicTensor): Layer[] {
  const layer = tensor.sourceLayer;
  const [input, ...others] = inputsOf(tensor);
  if (input === undefined || isInput(layer)) return [];
  // An initial state that the caller gives is no branch.
  const states = isRecurrent(layer) && others.every(({ sourceLayer }) => isInput(sourceLayer));
  if (others.length > 0 && !states) throw branching(layer);
  return [...wayTo(input), layer];
}

const isInput = (layer: Layer): boolean => layer.getClassName() === 'InputLayer';

const branching = (layer: Layer): UnsupportedLayerError =>
  new UnsupportedLayerError(
    WHERE,
    'one chain of layers from the input to the last recurrent one',
    { name: layer.name, className: layer.getClassName() },
    'It lies beside that chain or joins several tensors: pass one recurrent layer, or list a chain of them.',
  );

/** A later layer that reads backwards waits for the whole sequence; the first may, with the inputs in that order. */
function checkDirection(chain: readonly Layer[]): void {
  const [, ...later] = chain.filter(isRecurrent);
  const backwards = later.find((layer) => (layer as { goBackwards?: boolean }).goBackwards);
  if (backwards === undefined) return;
  throw new UnsupportedLayerError(
    WHERE,
    'layers that read forwards in time',
    { name: backwards.name, className: backwards.getClassName() },
    'With goBackwards it reads the last output first: pass it alone.',
  );
}
