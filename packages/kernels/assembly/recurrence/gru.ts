import { Field, Flag } from '../../src/recurrence/fields';
import { dSecond, dh, gateBytes, inputCotangents, inputs, keptCotangents, locate, panel, planeBytes } from './gated-scratch';
import { gemm, outer } from './gemm';
import { inputGradients, project, rememberInputs } from './input';
import { field, from, has, masked, ofTask, rows, to } from './job';
import { derivative4 } from '../shared/activation-f32x4';
import { madd } from '../shared/madd';
import {
  activateRows, addRows, clearPadding, copyFloats, copyMaskedRows, loadRows, storeRows,
} from './rows';

/*
 * tf.layers' GRU (resetAfter false): (z, r) = gates of u + h R_zr, n = act(u_h + (r ∘ h) R_h), h⁺ = z ∘ h + (1 - z) ∘ n.
 *
 * Planes of the tape: Y holds h (one slot more than steps), S the gates z, r, n side by side, G r ∘ h.
 * dSecond is the cotangent of r ∘ h.
 */

function advance(tape: bool, out: bool): void {
  const row = field(Field.row);
  const zRow = field(Field.zRow);
  const width = field(Field.width);
  const units = field(Field.units);
  const time = field(Field.time);
  const gate = width << 2;
  const stateBytes = tape ? planeBytes : 0;
  let h = ofTask(Field.planeY, Field.planeYTask);
  let gates = ofTask(Field.planeS, Field.planeSTask);
  let reset = ofTask(Field.planeG, Field.planeGTask);
  const segment = field(Field.segmentSteps);
  for (let t = from; t < to; ++t) {
    if (out && segment != 0 && t % segment == 0) {
      memory.copy(
        ofTask(Field.checkpoints, Field.checkpointsTask) + (t / segment) * planeBytes,
        h,
        planeBytes,
      );
    }
    project(t, gates, zRow, inputs);
    gemm(h, row, field(Field.weights), gates, zRow, rows, 2 * width, units, true);
    activateRows(field(Field.recurrentActivation), gates, zRow, 2 * width);
    resetState(gates + gate, h, reset);
    gemm(reset, row, field(Field.linear), gates + 2 * gate, zRow, rows, width, units, true);
    activateRows(field(Field.activation), gates + 2 * gate, zRow, width);
    updateState(gates, h, h + stateBytes, t);
    h += stateBytes;
    if (tape) {
      gates += gateBytes;
      reset += planeBytes;
    }
    if (out && field(Field.states) != 0) {
      storeRows(field(Field.states) + ((t * units) << 2), (time * units) << 2, h);
    }
  }
  if (out && to == time) storeRows(field(Field.final), units << 2, h);
}

/** target = r ∘ h. */
function resetState(r: usize, h: usize, target: usize): void {
  const row = field(Field.row);
  const zRow = field(Field.zRow);
  const gate = field(Field.width) << 2;
  for (let i: usize = 0; i < rows; ++i) {
    for (let j: usize = 0; j < gate; j += 16) {
      v128.store(target + j, f32x4.mul(v128.load(r + j), v128.load(h + j)));
    }
    r += zRow;
    h += row;
    target += row;
  }
}

/** h⁺ = n + z ∘ (h - n). */
function updateState(gates: usize, h: usize, target: usize, t: usize): void {
  const row = field(Field.row);
  const zRow = field(Field.zRow);
  const gate = field(Field.width) << 2;
  for (let r: usize = 0; r < rows; ++r) {
    const at = r * row;
    const zr = gates + r * zRow;
    if (masked(r, t)) {
      if (target != h) copyFloats(target + at, h + at, gate >> 2);
      continue;
    }
    for (let j: usize = 0; j < gate; j += 16) {
      const candidate = v128.load(zr + 2 * gate + j);
      const gap = f32x4.sub(v128.load(h + at + j), candidate);
      v128.store(target + at + j, madd<f32>(v128.load(zr + j), gap, candidate));
    }
  }
}

export function forwardGRU(): void {
  locate();
  loadRows(ofTask(Field.planeY, Field.planeYTask), field(Field.initial), field(Field.units) << 2);
  advance(has(Flag.tape), true);
}

export function backwardGRU(): void {
  locate();
  const units = field(Field.units);
  const planeY = ofTask(Field.planeY, Field.planeYTask);
  const planeG = ofTask(Field.planeG, Field.planeGTask);
  const grads = ofTask(Field.grads, Field.gradsTask);
  if (has(Flag.recompute)) {
    const at = (from / field(Field.segmentSteps)) * planeBytes;
    memory.copy(planeY, ofTask(Field.checkpoints, Field.checkpointsTask) + at, planeBytes);
    advance(true, false);
  }
  if (to == field(Field.time)) {
    memory.fill(grads, 0, field(Field.gradsTask));
    loadRows(dh, field(Field.finalGrad), units << 2);
  }
  const block = field(Field.block);
  const row = field(Field.row);
  const zRow = field(Field.zRow);
  const width = field(Field.width);
  const gate = width << 2;
  const keepZ = has(Flag.keepZ);
  const ringZ = ofTask(Field.ringZ, Field.ringZTask);
  const gradStride = field(Field.zWidth) << 2;
  for (let end = to; end > from; ) {
    const start = end - from > block ? end - block : from;
    const zStart = keepZ ? from : start;
    assert((end - zStart) * gateBytes <= field(Field.ringZTask), 'ring Z');
    for (let t = end; t-- > start; ) {
      if (field(Field.stateGrad) != 0) {
        addRows(dh, field(Field.stateGrad) + ((t * units) << 2), (field(Field.time) * units) << 2);
      }
      stepBack(t, t - from, ringZ + (t - zStart) * gateBytes);
      rememberInputs(t, start);
    }
    const dz = ringZ + (start - zStart) * gateBytes;
    const slot = (start - from) * planeBytes;
    const count = (end - start) * rows;
    const gradW = grads + field(Field.gradW);
    outer(planeY + slot, row, units, dz, zRow, 2 * width, gradW, gradStride, count, panel);
    outer(planeG + slot, row, units, dz + 2 * gate, zRow, width, gradW + 2 * gate, gradStride, count, panel);
    inputGradients(start, end, dz, panel, inputCotangents);
    end = start;
  }
  if (from == 0) storeRows(field(Field.initialGrad), units << 2, dh);
}

/** One step back: through the candidate, then through what it was reset by, then through the two gates. */
function stepBack(t: usize, slot: usize, dz: usize): void {
  const row = field(Field.row);
  const zRow = field(Field.zRow);
  const width = field(Field.width);
  const gate = width << 2;
  const act = field(Field.activation);
  const rec = field(Field.recurrentActivation);
  const gates = ofTask(Field.planeS, Field.planeSTask) + slot * gateBytes;
  const h = ofTask(Field.planeY, Field.planeYTask) + slot * planeBytes;
  const reset = ofTask(Field.planeG, Field.planeGTask) + slot * planeBytes;
  const one = f32x4.splat(1);
  copyMaskedRows(keptCotangents, dh, t);
  for (let r: usize = 0; r < rows; ++r) {
    const at = r * row;
    const zr = gates + r * zRow;
    const dzr = dz + r * zRow;
    if (masked(r, t)) {
      memory.fill(h + at, 0, gate);
      memory.fill(reset + at, 0, gate);
      memory.fill(dzr, 0, 3 * gate);
      continue;
    }
    for (let j: usize = 0; j < gate; j += 16) {
      const z = v128.load(zr + j);
      const candidate = v128.load(zr + 2 * gate + j);
      const d = v128.load(dh + at + j);
      const gap = f32x4.sub(v128.load(h + at + j), candidate);
      v128.store(dzr + j, f32x4.mul(f32x4.mul(d, gap), derivative4(rec, z)));
      const dCandidate = f32x4.mul(d, f32x4.sub(one, z));
      v128.store(dzr + 2 * gate + j, f32x4.mul(dCandidate, derivative4(act, candidate)));
      v128.store(dh + at + j, f32x4.mul(d, z));
    }
  }
  clearPadding(dz, rows);
  gemm(dz + 2 * gate, zRow, field(Field.linearBack), dSecond, row, rows, width, width, false);
  for (let r: usize = 0; r < rows; ++r) {
    const at = r * row;
    const zr = gates + r * zRow + gate;
    const dzr = dz + r * zRow + gate;
    if (masked(r, t)) continue;
    for (let j: usize = 0; j < gate; j += 16) {
      const gateValue = v128.load(zr + j);
      const d = v128.load(dSecond + at + j);
      v128.store(dzr + j, f32x4.mul(f32x4.mul(d, v128.load(h + at + j)), derivative4(rec, gateValue)));
      v128.store(dh + at + j, madd<f32>(d, gateValue, v128.load(dh + at + j)));
    }
  }
  clearPadding(dz, rows);
  gemm(dz, zRow, field(Field.weightsBack), dh, row, rows, width, 2 * width, true);
  copyMaskedRows(dh, keptCotangents, t);
}
