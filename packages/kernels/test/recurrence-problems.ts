import { generator } from '@hurwitz/random';
import type { Gradients, RecurrenceKernels, RecurrenceProblem } from '../src/index.js';
import { webAssemblyRecurrence } from '../src/recurrence/kernels.js';

/** A problem of any family: one with all that a Lipschitz network has, an LSTM, a GRU. */
export function arrayProblem({
  family = 'dynamical' as 'dynamical' | 'lstm' | 'gru',
  units = 24,
  batch = 40,
  time = 30,
  inputDim = 2,
  tokens = false,
}): RecurrenceProblem {
  const { uniform } = generator(5);
  const floats = (length: number, scale: number) =>
    Float32Array.from({ length }, () => (uniform() * 2 - 1) * scale);
  const gates = { dynamical: 1, lstm: 4, gru: 3 }[family];
  const shared = { units, batch, time, inputDim, tokens, goBackwards: false, returnSequences: false };
  const recurrent = floats(units * units * gates, 1 / Math.sqrt(units));
  const arrays = {
    inputs: tokens
      ? Int32Array.from({ length: batch * time }, () => Math.floor(uniform() * inputDim))
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
  problem: RecurrenceProblem,
  kernels: RecurrenceKernels = webAssemblyRecurrence,
): Gradients & { final: Float32Array } {
  const { batch, units } = problem.attributes;
  let final = new Float32Array();
  const tape = kernels.forward(problem, {
    tape: true,
    receive: (results) => {
      final = results.final[0]!.slice();
    },
  })!;
  try {
    const cotangents = { final: [new Float32Array(batch * units).fill(1)] };
    return { final, ...tape.backward(problem, cotangents, { inputs: true }) };
  } finally {
    tape.release();
  }
}
