import {
  add,
  customGrad,
  type GradSaveFunc,
  gather,
  matMul,
  reshape,
  scatterND,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  transpose,
} from '@tensorflow/tfjs-core';
import type { FamilyProblem } from '../problem.js';
import { unstackTime } from './time-axis.js';

/** x_t · kernel + bias for every time step, the whole sequence in one product: `time` tensors [batch, k]. */
export function drivesOf(
  { attributes: { batch, time, inputDim, tokens }, tensors: { inputs } }: FamilyProblem,
  kernel: Tensor,
  bias?: Tensor,
): Tensor2D[] {
  const timeMajor = tokens ? transpose(inputs) : transpose(inputs, [1, 0, 2]);
  const products = tokens
    ? gatherRows(kernel as Tensor2D, reshape(timeMajor, [time * batch]))
    : matMul(reshape(timeMajor, [time * batch, inputDim]), kernel as Tensor2D);
  const drives = bias ? add(products, bias) : products;
  return unstackTime(reshape(drives, [time, batch, kernel.shape[1]!]));
}

// tfjs's own gradient of gather needs UnsortedSegmentSum, which its wasm backend lacks. Gathering rows and
// summing them back are each other's transpose, so together they can be differentiated any number of times.
function gatherRows(table: Tensor2D, rows: Tensor1D): Tensor2D {
  const shape = table.shape;
  const gathered = customGrad((t, save) => {
    (save as GradSaveFunc)([rows]);
    return {
      value: gather(t as Tensor, rows),
      gradFunc: (dy, [saved]) => scatterRows(dy as Tensor2D, saved as Tensor1D, shape),
    };
  });
  return gathered(table) as Tensor2D;
}

function scatterRows(values: Tensor2D, rows: Tensor1D, shape: [number, number]): Tensor2D {
  const scattered = customGrad((v, save) => {
    (save as GradSaveFunc)([rows]);
    return {
      value: scatterND(reshape(rows, [-1, 1]), v as Tensor, shape),
      gradFunc: (dy, [saved]) => gatherRows(dy as Tensor2D, saved as Tensor1D),
    };
  });
  return scattered(values) as Tensor2D;
}
