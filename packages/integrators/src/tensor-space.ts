import { IntegratorError } from './errors.js';
import { fieldError, type StateSpace } from './state-space.js';
import { isTensor, type TensorLike } from './tensor.js';

/** What tfjs computes tensors with, as far as it is needed here. */
interface Engine {
  /** Computes, and records what a gradient needs. */
  runKernel(name: string, inputs: Record<string, TensorLike> | TensorLike[], attributes?: object): TensorLike;
  makeTensor(values: Float32Array, shape: number[], dtype: 'float32'): TensorLike;
  tidy<R>(body: () => R): R;
}

/**
 * The engine of the tfjs that the tensors come from. All copies of tfjs-core 4 in a program share one, and keep it where each of
 * them finds it; so tensors can be computed with and nothing be imported, which would need tfjs to be installed.
 *
 * @throws {IntegratorError} when there is none.
 */
function engineFor(where: string): Engine {
  const scope = globalThis as { _tfengine?: Engine; window?: { _tfengine?: Engine } };
  // tfjs prefers `window`, which some test environments keep apart from the global object.
  const engine = scope.window?._tfengine ?? scope._tfengine;
  if (typeof engine?.runKernel === 'function') return engine;
  throw new IntegratorError(
    where,
    'tensors of @tensorflow/tfjs-core 4',
    'a tensor without its engine',
    'Pass a number[] or a Float64Array, or tensors of a tfjs that is loaded.',
  );
}

/** The arithmetic of float32 tensors: the operations of tfjs by the names of their kernels. */
export function tensorSpace(where: string): StateSpace<TensorLike, TensorLike> {
  const engine = engineFor(where);
  const number = (x: number) => engine.makeTensor(Float32Array.of(x), [], 'float32');
  const binary = (name: string) => (a: TensorLike, b: TensorLike | number) =>
    engine.runKernel(name, { a, b: typeof b === 'number' ? number(b) : b });
  const unary = (name: string, attributes?: object) => (x: TensorLike) =>
    engine.runKernel(name, { x }, attributes);
  const [add, mul, div, maximum] = [binary('Add'), binary('Multiply'), binary('RealDiv'), binary('Maximum')];
  const [abs, square, sum] = [unary('Abs'), unary('Square'), unary('Sum', { keepDims: false })];
  const mean = unary('Mean', { axis: -1, keepDims: false });
  const clone = (x: TensorLike) => x.clone() as TensorLike;

  function weightedSum(weights: readonly number[], vectors: readonly TensorLike[]): TensorLike | undefined {
    const terms = vectors.flatMap((vector, i) => (weights[i] === 0 ? [] : [mul(vector, weights[i]!)]));
    return terms.length > 1 ? engine.runKernel('AddN', terms) : terms[0];
  }

  return {
    roundoff: 2 ** -24,
    combine: (base, weights, vectors) =>
      engine.tidy(() => {
        const increment = weightedSum(weights, vectors);
        // Never the caller's own tensor: the two are disposed of separately.
        return increment ? add(base, increment) : clone(base);
      }),
    norm(weights, vectors, { rtol, atol, h, next }) {
      const rows = engine.tidy(() => {
        const scale = add(mul(maximum(abs(h), abs(next)), rtol), atol);
        const value = weightedSum(weights, vectors) ?? mul(h, 0);
        const squares = square(div(value, scale));
        return squares.shape.length === 0 ? squares : mean(squares);
      });
      const meanSquares = rows.dataSync();
      rows.dispose();
      // Not a maximum on the device: backends differ in what they make of NaN.
      let worst = 0;
      for (let i = 0; i < meanSquares.length; i++) worst = Math.max(worst, meanSquares[i]!);
      return Math.sqrt(worst);
    },
    isFinite(value) {
      const probe = engine.tidy(() => sum(mul(value, 0)));
      const finite = probe.dataSync()[0] === 0;
      probe.dispose();
      return finite;
    },
    scope: (body) => engine.tidy(body),
    own: <V extends TensorLike>(value: V) => clone(value) as V,
    dispose: (value) => value.dispose(),
    derivative(where, value, h) {
      if (!isTensor(value)) throw fieldError(where, `a tensor of shape [${h.shape}]`, typeof value);
      if (String(value.shape) !== String(h.shape)) {
        throw fieldError(where, `a tensor of shape [${h.shape}]`, `shape [${value.shape}]`);
      }
      return value.dtype === 'float32' ? value : engine.runKernel('Cast', { x: value }, { dtype: 'float32' });
    },
  };
}
