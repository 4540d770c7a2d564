import { serialization } from '@tensorflow/tfjs-core';
import { isCount, isName, isObject, type Json, type JsonObject, normalised } from './json-value.js';
import { orderIsPossible } from './layer-order.js';
import { quote, refuse } from './refusal.js';

/** Of one model, layers in layers included. */
const mostLayers = 4096;

/** Elements of one input, its batch included: more than any video has. */
const mostInputElements = 2 ** 27;

/** What sizes a weight, and so is at most the number of weights that there are. */
const sizes = ['units', 'filters', 'inputDim', 'outputDim', 'vocabularySize'];

const zeros = { className: 'Zeros', config: {} };

/**
 * Checks a `modelTopology` before tfjs builds it, which for ever waits for a layer that never comes, and makes room for
 * whatever sizes are named.
 *
 * @param numbers - in all weights of the model; no layer can be larger.
 * @returns the topology to build, without the initial weights that the file's replace.
 * @throws UserError when it is no model of tf.layers, has a layer of an unknown class, two layers of one name, an inbound
 *   node that cannot be, or sizes that do not fit its weights.
 */
export function checkTopology(
  topology: unknown,
  { file, numbers }: { file: string; numbers: number },
): JsonObject {
  const tree = normalised(topology, file);
  if (!isObject(tree)) return refuse(`${file}: expected an object as modelTopology, got ${quote(tree)}.`);
  const model = isObject(tree.modelConfig) ? tree.modelConfig : tree;
  if (Array.isArray(model.node)) return refuse(`${file} is a graph model of TensorFlow.js. ${savedAsLayers}`);
  if (!isContainer(model)) {
    return refuse(
      `${file}: expected a Sequential or functional model, got the class ${quote(model.className)}.`,
    );
  }
  const checker = new Checker(file, numbers);
  return checker.node({ className: model.className!, config: model.config! }) as JsonObject;
}

export const savedAsLayers =
  'Give a layers model, which tf.LayersModel.save writes, or tensorflowjs_converter from Keras.';

const containers = ['Sequential', 'Model', 'Functional'];

const isContainer = ({ className }: JsonObject): boolean => containers.includes(className as string);

class Checker {
  private layers = 0;
  private readonly classes = serialization.SerializationMap.getMap().classNameMap;

  constructor(
    private readonly file: string,
    private readonly numbers: number,
  ) {}

  /** Any part of the tree: everything with a class is checked, wherever it is. */
  node(value: Json): Json {
    if (Array.isArray(value)) return value.map((item) => this.node(item));
    if (!isObject(value)) return value;
    if ('customObjects' in value)
      refuse(`${this.file} has the key "customObjects", which no model file has.`);
    if ('className' in value) this.checkClass(value);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.entry(key, item)]));
  }

  private entry(key: string, value: Json): Json {
    if (key === 'name' && value !== null && typeof value !== 'string') {
      refuse(`${this.file}: expected a text as the name of a layer or part, got ${quote(value)}.`);
    }
    if (key.endsWith('Initializer') && value !== null) return zeros;
    if (key !== 'config' || !isObject(value)) return this.node(value);
    this.checkSizes(value);
    const config = this.node(value) as JsonObject;
    if (!('units' in config)) return config;
    // The weights of the file replace the initial ones; large orthogonal ones take minutes.
    return { ...config, kernelInitializer: zeros, recurrentInitializer: zeros, biasInitializer: zeros };
  }

  private checkClass(part: JsonObject): void {
    const { className, config } = part;
    if (typeof className !== 'string' || !Object.hasOwn(this.classes, className)) {
      refuse(`${this.file} has a layer or part of the class ${quote(className)}, which is not known here.`);
    }
    if (isContainer(part)) this.checkContainer(className as string, config);
    else if (!isObject(config)) {
      refuse(`${this.file}: expected an object as the config of ${quote(className)}, got ${quote(config)}.`);
    }
  }

  private checkContainer(className: string, config: Json | undefined): void {
    const layers = Array.isArray(config) ? config : isObject(config) ? config.layers : undefined;
    if (!Array.isArray(layers) || layers.length === 0) {
      refuse(`${this.file} has a ${className} model without a list of layers.`);
    }
    this.layers += layers.length;
    if (this.layers > mostLayers) refuse(`${this.file} has more than ${mostLayers} layers.`);
    for (const layer of layers) {
      if (!isObject(layer) || typeof layer.className !== 'string') {
        refuse(`${this.file}: expected a layer with a class, got ${quote(layer)}.`);
      }
    }
    if (className !== 'Sequential') this.checkGraph(config as JsonObject, layers as JsonObject[]);
  }

  private checkGraph(config: JsonObject, layers: readonly JsonObject[]): void {
    const nodes = new Map<string, number>();
    for (const { name, className, config: own, inboundNodes } of layers) {
      if (!isName(name)) refuse(`${this.file} has a ${quote(className)} layer without a name.`);
      if (nodes.has(name)) refuse(`${this.file} has two layers named ${quote(name)}.`);
      if (!isObject(own) || own.name !== name) {
        refuse(
          `${this.file}: the layer ${quote(name)} has another name, ${quote((own as JsonObject)?.name)}, in its config.`,
        );
      }
      if (!Array.isArray(inboundNodes)) {
        refuse(`${this.file}: the layer ${quote(name)} has no list of inbound nodes.`);
      }
      nodes.set(name, (startsWithNode.has(className as string) ? 1 : 0) + inboundNodes.length);
    }
    const calls = layers.flatMap(({ name, className, inboundNodes }) =>
      (inboundNodes as Json[]).map((node) => ({
        layer: name as string,
        from: this.references(node, `the layer ${quote(name)} (${className})`, nodes),
      })),
    );
    const starts = new Map(
      layers.map(({ name, className }) => [name as string, startsWithNode.has(className as string) ? 1 : 0]),
    );
    const waiting = orderIsPossible(calls, starts);
    if (waiting !== undefined) {
      refuse(
        `${this.file}: the layer ${quote(waiting)} waits for its own output, so the model has no first step.`,
      );
    }
    for (const key of ['inputLayers', 'outputLayers'] as const) {
      const ends = config[key];
      // Keras 3 leaves the list out around a single end.
      const list = Array.isArray(ends) && typeof ends[0] === 'string' ? [ends] : ends;
      if (this.references(list, key, nodes).length === 0) refuse(`${this.file}: ${key} names no layer.`);
    }
  }

  /** The outputs of layers that a list names as [layer, node, tensor, ...]. */
  private references(list: Json | undefined, where: string, nodes: ReadonlyMap<string, number>) {
    if (!Array.isArray(list))
      return refuse(`${this.file}: ${where} takes ${quote(list)}; expected a list of [layer, node, tensor].`);
    return list.map((reference) => {
      const [layer, node, tensor] = Array.isArray(reference) ? reference : [];
      if (typeof layer !== 'string' || !isCount(node) || !isCount(tensor)) {
        return refuse(`${this.file}: ${where} takes ${quote(reference)}; expected [layer, node, tensor].`);
      }
      const known = nodes.get(layer);
      if (known === undefined)
        return refuse(`${this.file}: ${where} takes the layer ${quote(layer)}, which is missing.`);
      if (node >= known) {
        return refuse(
          `${this.file}: ${where} takes node ${node} of the layer ${quote(layer)}, which has ${known}.`,
        );
      }
      return { layer, node };
    });
  }

  private checkSizes(config: JsonObject): void {
    for (const key of sizes) {
      const size = config[key];
      if (size === undefined || size === null) continue;
      if (isCount(size) && size > 0 && size <= this.numbers) continue;
      refuse(
        `${this.file}: a layer has ${quote(size)} as ${key}, which does not fit the file's ${this.numbers} weights.`,
      );
    }
    for (const key of ['batchInputShape', 'inputShape', 'batchShape', 'targetShape'] as const) {
      const shape = config[key];
      if (shape === undefined || shape === null) continue;
      const free = (length: Json): boolean => length === null || (key === 'targetShape' && length === -1);
      const whole = Array.isArray(shape) && shape.every((length) => free(length) || isCount(length));
      const elements = whole
        ? shape.reduce((product: number, length) => product * (free(length) ? 1 : (length as number)), 1)
        : 0;
      if (whole && elements <= mostInputElements) continue;
      refuse(
        `${this.file}: a layer has the ${key} ${quote(shape)}; expected a list of whole numbers, ${mostInputElements} elements at most.`,
      );
    }
  }
}

/** These have an output before any layer calls them. */
const startsWithNode = new Set(['InputLayer', ...containers]);
