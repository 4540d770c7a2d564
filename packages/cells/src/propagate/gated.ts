import {
  add,
  concat,
  matMul,
  mul,
  split,
  sub,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { type DualActivation, dualActivations } from './activations.js';
import { affine, type PreparedStep, perVector, timesMatrix } from './system.js';

type DualName = keyof typeof dualActivations;

export interface GatedParts {
  kernel: Tensor2D;
  recurrentKernel: Tensor2D;
  bias?: Tensor1D;
  activation: DualName;
  recurrentActivation: DualName;
}

/** A quantity and its directional derivatives along each tangent vector. */
interface Moving {
  at: Tensor2D;
  along: Tensor3D;
}

const product = (a: Moving, b: Moving): Moving => ({
  at: mul(a.at, b.at),
  along: add(mul(perVector(a.at), b.along), mul(perVector(b.at), a.along)),
});

const sum = (a: Moving, b: Moving): Moving => ({ at: add(a.at, b.at), along: add(a.along, b.along) });

const difference = (a: Moving, b: Moving): Moving => ({ at: sub(a.at, b.at), along: sub(a.along, b.along) });

function through(act: DualActivation, z: Moving): Moving {
  const { value, slope } = act(z.at);
  return { at: value, along: mul(perVector(slope), z.along) };
}

const times = (h: Moving, M: Tensor2D): Moving => ({ at: matMul(h.at, M), along: timesMatrix(h.along, M) });

const parts = (whole: Moving, count: number): Moving[] => {
  const along = split<Tensor3D>(whole.along, count, 2);
  return split<Tensor2D>(whole.at, count, 1).map((at, i) => ({ at, along: along[i]! }));
};

/** tf.layers' LSTM as a map of [h, c]; gate order i, f, c, o. */
export function lstmStep({
  kernel,
  recurrentKernel,
  bias,
  activation,
  recurrentActivation,
}: GatedParts): PreparedStep {
  const act = dualActivations[activation];
  const gate = dualActivations[recurrentActivation];
  const step: PreparedStep['step'] = ({ state, tangents }, input) => {
    const drive = affine(input, kernel, bias);
    const [h, c] = parts({ at: state, along: tangents }, 2) as [Moving, Moving];
    const recurrent = times(h, recurrentKernel);
    const z = parts({ at: add(recurrent.at, drive), along: recurrent.along }, 4);
    const [i, f, candidate, o] = [gate, gate, act, gate].map((f, k) => through(f, z[k]!));
    const cell = sum(product(f!, c), product(i!, candidate!));
    const output = product(o!, through(act, cell));
    return { state: concat([output.at, cell.at], 1), tangents: concat([output.along, cell.along], 2) };
  };
  return { kernel, step };
}

/** tf.layers' GRU (resetAfter false) as a map of h; gate order z, r, h. */
export function gruStep({
  kernel,
  recurrentKernel,
  bias,
  activation,
  recurrentActivation,
}: GatedParts): PreparedStep {
  const act = dualActivations[activation];
  const gate = dualActivations[recurrentActivation];
  const [Wz, Wr, Wh] = split(recurrentKernel, 3, 1) as [Tensor2D, Tensor2D, Tensor2D];
  const step: PreparedStep['step'] = ({ state, tangents }, input) => {
    const drives = split(affine(input, kernel, bias), 3, 1);
    const h: Moving = { at: state, along: tangents };
    const driven = (of: Moving, W: Tensor2D, k: number): Moving => {
      const z = times(of, W);
      return { at: add(z.at, drives[k]!), along: z.along };
    };
    const update = through(gate, driven(h, Wz, 0));
    const reset = through(gate, driven(h, Wr, 1));
    const candidate = through(act, driven(product(reset, h), Wh, 2));
    // z h + (1 − z) candidate
    const next = sum(candidate, product(update, difference(h, candidate)));
    return { state: next.at, tangents: next.along };
  };
  return { kernel, step };
}
