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
 * tf.layers' LSTM: (i, f, g, o) = gates of z + h R, c⁺ = f ∘ c + i ∘ g, h⁺ = o ∘ act(c⁺).
 *
 * Planes of the tape: Y holds h and G holds c (one slot more than steps), S the four gates side by side, M act(c⁺).
 * dSecond is the cotangent of c.
 */

function advance(tape: bool, out: bool): void {
  const row = field(Field.row);
  const zRow = field(Field.zRow);
  const width = field(Field.width);
  const units = field(Field.units);
  const time = field(Field.time);
  const stateBytes = tape ? planeBytes : 0;
  let h = ofTask(Field.planeY, Field.planeYTask);
  let c = ofTask(Field.planeG, Field.planeGTask);
  let gates = ofTask(Field.planeS, Field.planeSTask);
  let squashed = ofTask(Field.planeM, Field.planeMTask);
  const segment = field(Field.segmentSteps);
  const checkpoints = ofTask(Field.checkpoints, Field.checkpointsTask);
  for (let t = from; t < to; ++t) {
    if (out && segment != 0 && t % segment == 0) {
      const at = checkpoints + (t / segment) * 2 * planeBytes;
      memory.copy(at, h, planeBytes);
      memory.copy(at + planeBytes, c, planeBytes);
    }
    project(t, gates, zRow, inputs);
    gemm(h, row, field(Field.weights), gates, zRow, rows, field(Field.zWidth), units, true);
    const gate = width << 2;
    activateRows(field(Field.recurrentActivation), gates, zRow, 2 * width);
    activateRows(field(Field.activation), gates + 2 * gate, zRow, width);
    activateRows(field(Field.recurrentActivation), gates + 3 * gate, zRow, width);
    updateCell(gates, c, squashed, c + stateBytes, t);
    activateRows(field(Field.activation), squashed, row, width);
    updateState(gates, squashed, h, h + stateBytes, t);
    h += stateBytes;
    c += stateBytes;
    if (tape) {
      gates += gateBytes;
      squashed += planeBytes;
    }
    if (out && field(Field.states) != 0) {
      storeRows(field(Field.states) + ((t * units) << 2), (time * units) << 2, h);
    }
  }
  if (out && to == time) {
    storeRows(field(Field.final), units << 2, h);
    storeRows(field(Field.finalCell), units << 2, c);
  }
}

/** c⁺ = f ∘ c + i ∘ g, also to `squashed`, where the activation comes next. */
function updateCell(gates: usize, c: usize, squashed: usize, target: usize, t: usize): void {
  const row = field(Field.row);
  const zRow = field(Field.zRow);
  const gate = field(Field.width) << 2;
  for (let r: usize = 0; r < rows; ++r) {
    const at = r * row;
    const zr = gates + r * zRow;
    if (masked(r, t)) {
      if (target != c) copyFloats(target + at, c + at, gate >> 2);
      memory.fill(squashed + at, 0, gate);
      continue;
    }
    for (let j: usize = 0; j < gate; j += 16) {
      const kept = f32x4.mul(v128.load(zr + gate + j), v128.load(c + at + j));
      const cell = madd<f32>(v128.load(zr + j), v128.load(zr + 2 * gate + j), kept);
      v128.store(target + at + j, cell);
      v128.store(squashed + at + j, cell);
    }
  }
}

function updateState(gates: usize, squashed: usize, h: usize, target: usize, t: usize): void {
  const row = field(Field.row);
  const zRow = field(Field.zRow);
  const gate = field(Field.width) << 2;
  for (let r: usize = 0; r < rows; ++r) {
    const at = r * row;
    const o = gates + r * zRow + 3 * gate;
    if (masked(r, t)) {
      if (target != h) copyFloats(target + at, h + at, gate >> 2);
      continue;
    }
    for (let j: usize = 0; j < gate; j += 16) {
      v128.store(target + at + j, f32x4.mul(v128.load(o + j), v128.load(squashed + at + j)));
    }
  }
}

export function forwardLSTM(): void {
  locate();
  const stride = field(Field.units) << 2;
  loadRows(ofTask(Field.planeY, Field.planeYTask), field(Field.initial), stride);
  loadRows(ofTask(Field.planeG, Field.planeGTask), field(Field.initialCell), stride);
  advance(has(Flag.tape), true);
}

export function backwardLSTM(): void {
  locate();
  const units = field(Field.units);
  const planeY = ofTask(Field.planeY, Field.planeYTask);
  const planeG = ofTask(Field.planeG, Field.planeGTask);
  const grads = ofTask(Field.grads, Field.gradsTask);
  if (has(Flag.recompute)) {
    const at =
      ofTask(Field.checkpoints, Field.checkpointsTask) + (from / field(Field.segmentSteps)) * 2 * planeBytes;
    memory.copy(planeY, at, planeBytes);
    memory.copy(planeG, at + planeBytes, planeBytes);
    advance(true, false);
  }
  if (to == field(Field.time)) {
    memory.fill(grads, 0, field(Field.gradsTask));
    loadRows(dh, field(Field.finalGrad), units << 2);
    loadRows(dSecond, field(Field.finalCellGrad), units << 2);
  }
  const block = field(Field.block);
  const row = field(Field.row);
  const zRow = field(Field.zRow);
  const zWidth = field(Field.zWidth);
  const width = field(Field.width);
  const keepZ = has(Flag.keepZ);
  const ringZ = ofTask(Field.ringZ, Field.ringZTask);
  for (let end = to; end > from; ) {
    const start = end - from > block ? end - block : from;
    const zStart = keepZ ? from : start;
    assert((end - zStart) * gateBytes <= field(Field.ringZTask), 'ring Z');
    for (let t = end; t-- > start; ) {
      const dz = ringZ + (t - zStart) * gateBytes;
      if (field(Field.stateGrad) != 0) {
        addRows(dh, field(Field.stateGrad) + ((t * units) << 2), (field(Field.time) * units) << 2);
      }
      copyMaskedRows(keptCotangents, dh, t);
      stepBack(t, t - from, dz);
      clearPadding(dz, rows);
      gemm(dz, zRow, field(Field.weightsBack), dh, row, rows, width, zWidth, true);
      copyMaskedRows(dh, keptCotangents, t);
      rememberInputs(t, start);
    }
    const dz = ringZ + (start - zStart) * gateBytes;
    const states = planeY + (start - from) * planeBytes;
    const count = (end - start) * rows;
    outer(states, row, units, dz, zRow, zWidth, grads + field(Field.gradW), zWidth << 2, count, panel);
    inputGradients(start, end, dz, panel, inputCotangents);
    end = start;
  }
  if (from == 0) {
    storeRows(field(Field.initialGrad), units << 2, dh);
    storeRows(field(Field.initialCellGrad), units << 2, dSecond);
  }
}

/** The elementwise part of one step back; leaves the gates' cotangents at dz, and dh at zero for the product to fill. */
function stepBack(t: usize, slot: usize, dz: usize): void {
  const row = field(Field.row);
  const zRow = field(Field.zRow);
  const gate = field(Field.width) << 2;
  const act = field(Field.activation);
  const rec = field(Field.recurrentActivation);
  const gates = ofTask(Field.planeS, Field.planeSTask) + slot * gateBytes;
  const previousStates = ofTask(Field.planeY, Field.planeYTask) + slot * planeBytes;
  const c = ofTask(Field.planeG, Field.planeGTask) + slot * planeBytes;
  const squashed = ofTask(Field.planeM, Field.planeMTask) + slot * planeBytes;
  for (let r: usize = 0; r < rows; ++r) {
    const at = r * row;
    const zr = gates + r * zRow;
    const dzr = dz + r * zRow;
    if (masked(r, t)) {
      memory.fill(previousStates + at, 0, gate);
      memory.fill(dzr, 0, gate << 2);
      continue;
    }
    for (let j: usize = 0; j < gate; j += 16) {
      const i = v128.load(zr + j);
      const f = v128.load(zr + gate + j);
      const g = v128.load(zr + 2 * gate + j);
      const o = v128.load(zr + 3 * gate + j);
      const a = v128.load(squashed + at + j);
      const h = v128.load(dh + at + j);
      const dCell = madd<f32>(f32x4.mul(h, o), derivative4(act, a), v128.load(dSecond + at + j));
      v128.store(dzr + j, f32x4.mul(f32x4.mul(dCell, g), derivative4(rec, i)));
      const previous = v128.load(c + at + j);
      v128.store(dzr + gate + j, f32x4.mul(f32x4.mul(dCell, previous), derivative4(rec, f)));
      v128.store(dzr + 2 * gate + j, f32x4.mul(f32x4.mul(dCell, i), derivative4(act, g)));
      v128.store(dzr + 3 * gate + j, f32x4.mul(f32x4.mul(h, a), derivative4(rec, o)));
      v128.store(dSecond + at + j, f32x4.mul(dCell, f));
      v128.store(dh + at + j, f32x4.splat(0));
    }
  }
}
