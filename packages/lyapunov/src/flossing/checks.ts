import type { Tensor } from '@tensorflow/tfjs-core';
import { LyapunovError } from '../errors.js';
import { describe } from '../numeric-input.js';
import type { TangentPropagator } from './tangent-propagator.js';

/** The public function, for messages. */
export const WHERE = 'flossing';

/** @throws LyapunovError unless it has what `flossing` calls. */
export function requirePropagator(propagator: TangentPropagator): void {
  const { stateSize, tangentSize, prepare } = propagator ?? {};
  if (typeof prepare === 'function' && stateSize !== undefined && tangentSize !== undefined) return;
  throw new LyapunovError(
    WHERE,
    'a tangent propagator, { stateSize, tangentSize, prepare() }',
    describe(propagator),
    'Make one from a layer with tangentPropagator of @hurwitz/cells.',
  );
}

/** Batch and time of inputs that outlast the warm-up. @throws LyapunovError for others. */
export function requireInputs(inputs: Tensor, warmup: number): [batch: number, time: number] {
  const [batch, time] = inputs?.shape ?? [];
  if (inputs?.rank !== 2 && inputs?.rank !== 3) {
    throw new LyapunovError(
      WHERE,
      'inputs as a tensor [batch, time, inputDim], or tokens [batch, time]',
      describe(inputs),
      'Give a single sequence a batch of one.',
    );
  }
  if (time! <= warmup) {
    throw new LyapunovError(
      WHERE,
      `inputs of more than ${warmup} steps, the warm-up`,
      `${time}`,
      'Give longer inputs or a shorter warm-up.',
    );
  }
  return [batch!, time!];
}

/** One target or `count` of them. @throws LyapunovError for another number, or one that is not finite. */
export function readTargets(target: number | ArrayLike<number>, count: number): number[] {
  const targets = typeof target === 'number' ? [target] : Array.from(target ?? []);
  const fits = (targets.length === 1 || targets.length === count) && targets.every(Number.isFinite);
  if (fits) return targets;
  throw new LyapunovError(
    WHERE,
    `target as a finite number, or one for each of the ${count} exponents`,
    typeof target === 'number' ? `${target}` : `[${targets.join(', ')}]`,
    'Targets are in nats per step; 0 keeps gradients from vanishing and exploding.',
  );
}
