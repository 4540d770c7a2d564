import { type Gradients, runBackward } from '../src/fused/backward.js';
import { runForward } from '../src/fused/forward.js';
import { type Machine, theMachine } from '../src/fused/machine.js';
import type { ArrayProblem } from '../src/fused/problem-arrays.js';
import { generator } from './problems.js';

/** A Lipschitz or LSTM problem as plain arrays, without tfjs. */
export function arrayProblem({
  family = 'dynamical' as 'dynamical' | 'lstm' | 'gru',
  units = 24,
  batch = 40,
  time = 30,
  inputDim = 2,
  tokens = false,
}): ArrayProblem {
  const random = generator(5);
  const floats = (length: number, scale: number) =>
    Float32Array.from({ length }, () => (random() * 2 - 1) * scale);
  const gates = { dynamical: 1, lstm: 4, gru: 3 }[family];
  const shared = { units, batch, time, inputDim, tokens, goBackwards: false, returnSequences: false };
  const recurrent = floats(units * units * gates, 1 / Math.sqrt(units));
  const arrays = {
    inputs: tokens
      ? Int32Array.from({ length: batch * time }, () => Math.floor(random() * inputDim))
      : floats(batch * time * inputDim, 1),
    kernel: floats(inputDim * units * gates, 0.5),
    bias: floats(units * gates, 0.5),
    initialH: floats(batch * units, 0.5),
  };
  if (family !== 'dynamical') {
    const activations = { activation: 'tanh', recurrentActivation: 'sigmoid' } as const;
    return {
      attributes: { ...shared, family, ...activations },
      arrays: { ...arrays, recurrentKernel: recurrent },
    };
  }
  const scheme = { carry: 1 as const, epsilon: 0.1, activation: 'tanh' as const, a: [[], [0.5]], b: [0, 1] };
  return {
    attributes: { ...shared, family, ...scheme },
    arrays: { ...arrays, W: recurrent, A: floats(units * units, 0.5 / Math.sqrt(units)) },
  };
}

/** Final state and gradients for a cotangent of ones. */
export function solve(
  problem: ArrayProblem,
  machine: Machine = theMachine()!,
): Gradients & { final: Float32Array } {
  const { batch, units } = problem.attributes;
  let final = new Float32Array();
  const tape = runForward(machine, problem, {
    tape: true,
    receive: (views) => {
      final = views.final[0]!.slice();
    },
  })!;
  try {
    const cotangents = { final: [new Float32Array(batch * units).fill(1)] };
    return { final, ...runBackward(tape, problem, cotangents, { inputs: true }) };
  } finally {
    tape.arena.release(machine.heap);
  }
}
