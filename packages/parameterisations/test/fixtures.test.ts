import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  antisymmetric,
  cayley,
  contractive,
  exponential,
  kronecker,
  nearestOrthogonal,
  projectSpectralNorm,
  symmetricSkew,
} from '../src/index.js';
import { backends, contracted, largestDifference } from './backends.js';
import fixtures from './fixtures/parameterisations.json';

const byName = { symmetricSkew, antisymmetric, cayley, exponential, contractive } as unknown as Record<
  string,
  (x: tf.Tensor, options: unknown) => tf.Tensor
>;

describe.each(backends)('against the float64 reference on %s', (backend) => {
  beforeAll(() => tf.setBackend(backend));

  it.each(fixtures.differentiable)('$name $options: value to 2e-6, gradient to 5e-6', (fixture) => {
    const f = (x: tf.Tensor) => byName[fixture.name]!(x, fixture.options);
    const x = tf.tensor(fixture.input);
    const gradient = tf.grad(contracted(f, tf.tensor(fixture.cotangent)))(x);
    expect(largestDifference(f(x).arraySync(), fixture.output)).toBeLessThan(2e-6);
    expect(largestDifference(gradient.arraySync(), fixture.gradient)).toBeLessThan(5e-6);
  });

  it('projections to 1e-6', () => {
    const [orthogonal, bounded] = fixtures.projections as [
      (typeof fixtures.projections)[0],
      (typeof fixtures.projections)[0],
    ];
    expect(
      largestDifference(nearestOrthogonal(tf.tensor2d(orthogonal.input)).arraySync(), orthogonal.output),
    ).toBeLessThan(1e-6);
    const projected = projectSpectralNorm(tf.tensor2d(bounded.input), bounded.bound!);
    expect(largestDifference(projected.arraySync(), bounded.output)).toBeLessThan(1e-6);
  });

  it('Kronecker product to 2e-6', () => {
    const factors = fixtures.kronecker.factors.map((factor) => tf.tensor2d(factor));
    expect(largestDifference(kronecker(factors).arraySync(), fixtures.kronecker.output)).toBeLessThan(2e-6);
  });
});
