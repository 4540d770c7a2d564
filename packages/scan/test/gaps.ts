import * as tf from '@tensorflow/tfjs-core';
import { recurrence } from '../src/index.js';
import { distance } from './backends.js';
import { generator, type ProblemOptions, randomProblem } from './problems.js';

/** Forward and gradient of Σ cotangent · states against the float64 oracle: [states, final state, gradients]. */
export function gaps(options: ProblemOptions): [number, number, number] {
  return tf.tidy(() => {
    const problem = randomProblem(options);
    const names = Object.keys(problem.values);
    const parameters = names.map((name) => tf.tensor(problem.values[name] as number[]));
    const inputs = problem.inputs();
    const byName = (tensors: tf.Tensor[]) => Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
    const exact = problem.solve(problem.values, problem.x);
    const run = recurrence(inputs, problem.spec(byName(parameters)));
    const states = distance(run.states!, exact.states);
    const final = run.finalState.map((h, k) =>
      distance(
        h,
        exact.finalState.map((state) => state[k]),
      ),
    );

    const cotangent = tf.tensor(problem.cotangent);
    const arguments_ = options.tokens ? parameters : [...parameters, inputs];
    const gradients = tf.grads((...args: tf.Tensor[]) => {
      const x = options.tokens ? inputs : args.at(-1)!;
      const { states } = recurrence(x as tf.Tensor3D, problem.spec(byName(args)));
      return tf.sum(tf.mul(states!, cotangent));
    })(arguments_);
    // Directional derivatives by central differences of the float64 oracle, one direction per argument.
    const random = generator(options.seed + 1);
    const nudge = <T>(value: T, direction: T, by: number): T =>
      (Array.isArray(value)
        ? value.map((v, i) => nudge(v, (direction as unknown[])[i], by))
        : (value as number) + by * (direction as number)) as T;
    const like = <T>(value: T): T => (Array.isArray(value) ? value.map(like) : random() * 2 - 1) as T;
    let worst = 0;
    arguments_.forEach((_, i) => {
      const name = names[i];
      const base = name === undefined ? problem.x : problem.values[name]!;
      const direction = like(base);
      const at = (by: number) => {
        const moved = nudge(base as number[], direction as number[], by);
        return name === undefined
          ? problem.solve(problem.values, moved as unknown as number[][][]).loss
          : problem.solve({ ...problem.values, [name]: moved }, problem.x).loss;
      };
      const h = 1e-5;
      const expected = (at(h) - at(-h)) / (2 * h);
      const got = tf.sum(tf.mul(gradients[i]!, tf.tensor(direction as number[]))).dataSync()[0]!;
      worst = Math.max(worst, Math.abs(got - expected) / Math.max(1, Math.abs(expected)));
    });
    return [states, Math.max(...final), worst];
  });
}
