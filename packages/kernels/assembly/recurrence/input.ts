import { Field, Flag } from '../../src/recurrence/fields';
import { gemm, outer } from './gemm';
import { beat } from '../shared/job';
import { field, fieldAt, firstRow, has, inputStep, masked, ofTask, rows, rowsBefore } from './job';
import { madd } from '../shared/madd';
import { addFloats, clearPadding, copyFloats } from './rows';

/** z_t = U x_t + b of all gates, into rows of stride `row`; `inputs` is scratch for [x_t, 1]. */
export function project(t: usize, z: usize, row: usize, inputs: usize): void {
  if (has(Flag.tokens)) {
    gatherKernels(t, z, row);
    return;
  }
  gatherInputs(inputs, t);
  const inputDim = field(Field.inputDim);
  const xRow = field(Field.ringXRow);
  const kernel = field(Field.kernelPacked);
  if (inputDim <= NARROW) projectNarrow(inputs, xRow, kernel, z, row, inputDim);
  else gemm(inputs, xRow, kernel, z, row, rows, field(Field.zWidth), inputDim + 1, false);
}

/** Up to this many inputs a tile of `gemm` takes longer to enter than to run. */
const NARROW: usize = 3;

/** z = x · kernel + b, row by row, from the packed [kernel; bias]. */
function projectNarrow(x: usize, xRow: usize, kernel: usize, z: usize, row: usize, inputDim: usize): void {
  const panelBytes = (inputDim + 1) << 5;
  const end = kernel + (field(Field.zWidth) >> 3) * panelBytes;
  for (let r: usize = 0; r < rows; ++r) {
    let to = z;
    for (let panel = kernel; panel < end; panel += panelBytes) {
      const bias = panel + (inputDim << 5);
      let low = v128.load(bias);
      let high = v128.load(bias, 16);
      let from = x;
      for (let at = panel; at < bias; at += 32) {
        const value = v128.load32_splat(from);
        low = madd<f32>(value, v128.load(at), low);
        high = madd<f32>(value, v128.load(at, 16), high);
        from += 4;
      }
      v128.store(to, low);
      v128.store(to, high, 16);
      to += 32;
    }
    x += xRow;
    z += row;
  }
}

/** [x_t, 1] of each row, which meets the packed [kernel; bias]. A masked row is zero: what it holds must not matter. */
function gatherInputs(to: usize, t: usize): void {
  const inputDim: usize = has(Flag.tokens) ? 0 : field(Field.inputDim);
  const stride = field(Field.ringXRow);
  const sequence = field(Field.time) * (inputDim << 2);
  let from = field(Field.x) + firstRow * sequence + inputStep(t) * (inputDim << 2);
  for (let r: usize = 0; r < rows; ++r) {
    if (masked(r, t)) {
      memory.fill(to, 0, (inputDim + 1) << 2);
    } else {
      // The usual pixel stream has one value a step.
      if (inputDim == 1) store<f32>(to, load<f32>(from));
      else copyFloats(to, from, inputDim);
      store<f32>(to + (inputDim << 2), 1);
    }
    to += stride;
    from += sequence;
  }
}

// @ts-expect-error: decorator
@inline
function token(row: usize, t: usize): usize {
  return load<u32>(field(Field.x) + ((row * field(Field.time) + inputStep(t)) << 2));
}

function gatherKernels(t: usize, z: usize, row: usize): void {
  const gates = field(Field.gates);
  const units = field(Field.units);
  const gateBytes = field(Field.width) << 2;
  for (let r: usize = 0; r < rows; ++r) {
    const offset = token(firstRow + r, t) * field(Field.kernelRow);
    copyFloats(z, field(Field.bias), field(Field.zWidth));
    for (let gate: usize = 0; gate < gates; ++gate) {
      addFloats(z + gate * gateBytes, fieldAt(Field.kernel0, gate) + offset, units);
    }
    z += row;
  }
}

/** Keeps [x_t, 1] for `inputGradients`; the ring holds the steps of one block. */
export function rememberInputs(t: usize, blockStart: usize): void {
  gatherInputs(ofTask(Field.ringX, Field.ringXTask) + (t - blockStart) * rows * field(Field.ringXRow), t);
}

/**
 * From the cotangents dz of the steps [from, to): the gradient of [kernel; bias] summed into this task's block, and
 * the gradient of the inputs where wanted. `panel` is scratch for `outer`, `dx` for steps · rows rows of inputs.
 */
export function inputGradients(from: usize, to: usize, dz: usize, panel: usize, dx: usize): void {
  const count = (to - from) * rows;
  assert(count * field(Field.ringXRow) <= field(Field.ringXTask), 'ring X');
  const zWidth = field(Field.zWidth);
  const zRow = field(Field.zRow);
  const xRow = field(Field.ringXRow);
  const inputDim: usize = has(Flag.tokens) ? 0 : field(Field.inputDim);
  const x = ofTask(Field.ringX, Field.ringXTask);
  const gradK = ofTask(Field.grads, Field.gradsTask) + field(Field.gradK);
  outer(x, xRow, inputDim + 1, dz, zRow, zWidth, gradK, zWidth << 2, count, panel);
  const target = field(Field.inputGrad);
  if (target == 0) return;
  clearPadding(dz, count);
  gemm(dz, zRow, field(Field.kernelBackPacked), dx, xRow, count, (inputDim + 7) & ~7, zWidth, false);
  const time = field(Field.time);
  for (let t = from; t < to; ++t) {
    for (let r: usize = 0; r < rows; ++r) {
      const at = target + ((firstRow + r) * time + inputStep(t)) * (inputDim << 2);
      if (masked(r, t)) memory.fill(at, 0, inputDim << 2);
      else copyFloats(at, dx, inputDim);
      dx += xRow;
    }
  }
}

/**
 * Adds the cotangents dz of every step of the segment to the rows of the kernels' gradients that its tokens name. Part
 * `index` of `parts` takes its own columns of every gate, so that the order of each sum is the batch's and the step's.
 */
export function scatterTokens(index: usize, parts: usize): void {
  const units = field(Field.units);
  const from = (units * index) / parts;
  const columns = (units * (index + 1)) / parts - from;
  if (columns == 0) return;
  const gates = field(Field.gates);
  const gateBytes = field(Field.width) << 2;
  const zRow = field(Field.zRow);
  const start = field(Field.from);
  const end = field(Field.to);
  for (let block: usize = 0; block < field(Field.tasks); ++block) {
    const first = rowsBefore(block);
    const last = rowsBefore(block + 1);
    let dz = field(Field.ringZ) + block * field(Field.ringZTask) + (from << 2);
    for (let t = start; t < end; ++t) {
      for (let row = first; row < last; ++row) {
        const offset = token(row, t) * field(Field.kernelRow) + (from << 2);
        for (let gate: usize = 0; gate < gates; ++gate) {
          addFloats(fieldAt(Field.kernelGrad0, gate) + offset, dz + gate * gateBytes, columns);
        }
        dz += zRow;
      }
      beat();
    }
  }
}
