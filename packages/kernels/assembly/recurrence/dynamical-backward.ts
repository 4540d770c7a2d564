import { Field, Flag } from '../../src/recurrence/fields';
import { advance } from './dynamical-forward';
import { cotangent, inputCotangents, locate, panel, planeBytes, slopes, stageCotangents } from './dynamical-scratch';
import { gemm, outer } from './gemm';
import { inputGradients, rememberInputs } from './input';
import { carryMask, field, fieldF32, from, has, masked, ofTask, rows, to } from './job';
import { derivative4 } from '../shared/activation-f32x4';
import { madd } from '../shared/madd';
import { addRows, copyMaskedRows, loadRows, storeRows } from './rows';

/** Back through steps [from, to), from the cotangent left by the segment after it. */
export function backwardDynamical(): void {
  locate();
  const units = field(Field.units);
  const stages = field(Field.stages);
  const stepBytes = stages * planeBytes;
  const planeY = ofTask(Field.planeY, Field.planeYTask);
  const grads = ofTask(Field.grads, Field.gradsTask);
  if (has(Flag.recompute)) {
    const at = (from / field(Field.segmentSteps)) * planeBytes;
    memory.copy(planeY, ofTask(Field.checkpoints, Field.checkpointsTask) + at, planeBytes);
    advance(true, false);
  }
  if (to == field(Field.time)) {
    memory.fill(grads, 0, field(Field.gradsTask));
    loadRows(cotangent, field(Field.finalGrad), units << 2);
  }
  const block = field(Field.block);
  const A = field(Field.linearBack);
  const row = field(Field.row);
  const width = field(Field.width);
  const keepZ = has(Flag.keepZ);
  const sharedZ = has(Flag.sharedZ);
  const ringW = ofTask(Field.ringW, Field.ringWTask);
  const ringA = ofTask(Field.ringA, Field.ringATask);
  const ringZ = ofTask(Field.ringZ, Field.ringZTask);
  const zBytes = rows * field(Field.zRow);

  for (let end = to; end > from; ) {
    const start = end - from > block ? end - block : from;
    const zStart = keepZ ? from : start;
    const wStart = sharedZ ? zStart : start;
    assert((end - zStart) * zBytes <= field(Field.ringZTask), 'ring Z');
    assert((end - wStart) * stepBytes <= field(Field.ringWTask), 'ring W');
    for (let t = end; t-- > start; ) {
      stepBack(
        t,
        (t - from) * stepBytes,
        ringW + (t - wStart) * stepBytes,
        ringA + (t - start) * stepBytes,
        ringZ + (t - zStart) * zBytes,
      );
      rememberInputs(t, start);
    }
    const count = (end - start) * stages * rows;
    const states = planeY + (start - from) * stepBytes;
    const dW = ringW + (start - wStart) * stepBytes;
    const gradW = grads + field(Field.gradW);
    const dA: usize = A == 0 ? 0 : ringA;
    outer(dW, row, units, states, row, width, gradW, width << 2, count, panel, dA, grads + field(Field.gradA));
    inputGradients(start, end, ringZ + (start - zStart) * zBytes, panel, inputCotangents);
    end = start;
  }
  if (from == 0) storeRows(field(Field.initialGrad), units << 2, cotangent);
}

/**
 * One step back; `at` is its slot on the tape. Leaves the cotangents that weights meet at w, a and dz; of a masked row they are
 * zero, and so is the state that they meet.
 */
function stepBack(t: usize, at: usize, w: usize, a: usize, dz: usize): void {
  const units = field(Field.units);
  const stages = field(Field.stages);
  const row = field(Field.row);
  const width = field(Field.width);
  const W = field(Field.weightsBack);
  const A = field(Field.linearBack);
  if (field(Field.stateGrad) != 0) {
    addRows(cotangent, field(Field.stateGrad) + ((t * units) << 2), (field(Field.time) * units) << 2);
  }
  copyMaskedRows(slopes, cotangent, t);
  for (let stage = stages; stage-- > 0; ) {
    const offset = stage * planeBytes;
    if (stages == 1 && field(Field.threshold) == 0) singleStageBack(t, at, w, a, dz);
    else stageBack(t, stage, at + offset, w + offset, a + offset, dz);
    // With one stage the state's cotangent is already carried over, and takes what comes through the matrices.
    const dy = stages == 1 ? cotangent : stageCotangents + offset;
    gemm(w + offset, row, W, dy, row, rows, width, units, stages == 1);
    if (A != 0) gemm(a + offset, row, A, dy, row, rows, width, units, true);
  }
  if (stages > 1) carryBack(t);
  copyMaskedRows(cotangent, slopes, t);
}

/** `stageBack` for a single stage without a threshold, the usual case: nothing left to ask in the inner loop. */
function singleStageBack(t: usize, at: usize, w: usize, a: usize, dz: usize): void {
  const row = field(Field.row);
  const zRow = field(Field.zRow);
  const bytes = field(Field.width) << 2;
  const gated = has(Flag.gated);
  const hasLinear = field(Field.linearBack) != 0;
  const act = field(Field.activation);
  const y = ofTask(Field.planeY, Field.planeYTask) + at;
  const s = ofTask(Field.planeS, Field.planeSTask) + at;
  const g = ofTask(Field.planeG, Field.planeGTask) + at;
  const m = gated && hasLinear ? ofTask(Field.planeM, Field.planeMTask) + at : s;
  const weight = v128.load32_splat(field(Field.tableauB));
  const carry = carryMask(fieldF32(Field.carry));
  const one = f32x4.splat(1);
  for (let r: usize = 0; r < rows; ++r) {
    const base = r * row;
    const zr = dz + r * zRow;
    if (masked(r, t)) {
      memory.fill(y + base, 0, bytes);
      memory.fill(w + base, 0, bytes);
      if (hasLinear) memory.fill(a + base, 0, bytes);
      if (gated) memory.fill(zr, 0, bytes << 1);
      continue;
    }
    for (let i: usize = 0; i < bytes; i += 16) {
      const j = base + i;
      const dh = v128.load(cotangent + j);
      const value = v128.load(s + j);
      v128.store(cotangent + j, v128.and(carry, dh));
      let dm = f32x4.mul(weight, dh);
      if (gated) {
        const gate = v128.load(g + j);
        dm = f32x4.mul(dm, gate);
        const du = f32x4.mul(dm, derivative4(act, value));
        const dGate = f32x4.mul(f32x4.mul(dm, v128.load(m + j)), f32x4.sub(one, gate));
        v128.store(w + j, f32x4.add(du, dGate));
        v128.store(zr + i, du);
        v128.store(zr + bytes + i, dGate);
      } else {
        v128.store(w + j, f32x4.mul(dm, derivative4(act, value)));
      }
      if (hasLinear) v128.store(a + j, dm);
    }
  }
}

/** The elementwise part of one stage, from the cotangent of its slope. */
function stageBack(t: usize, stage: usize, at: usize, w: usize, a: usize, dz: usize): void {
  const stages = field(Field.stages);
  const row = field(Field.row);
  const zRow = field(Field.zRow);
  const bytes = field(Field.width) << 2;
  const gated = has(Flag.gated);
  const hasLinear = field(Field.linearBack) != 0;
  const sharedZ = has(Flag.sharedZ);
  const act = field(Field.activation);
  const thresholdGrad: usize =
    field(Field.threshold) == 0 ? 0 : ofTask(Field.grads, Field.gradsTask) + field(Field.gradB);
  const y = ofTask(Field.planeY, Field.planeYTask) + at;
  const s = ofTask(Field.planeS, Field.planeSTask) + at;
  const g = ofTask(Field.planeG, Field.planeGTask) + at;
  const m = gated && hasLinear ? ofTask(Field.planeM, Field.planeMTask) + at : s;
  const weight = v128.load32_splat(field(Field.tableauB) + (stage << 2));
  // A weight of 0 leaves the stage out.
  const weighted = f32x4.ne(weight, f32x4.splat(0));
  const column = field(Field.tableauA) + (stage << 2);
  const carry = carryMask(fieldF32(Field.carry));
  const one = f32x4.splat(1);
  const isLast = stage == stages - 1;
  for (let r: usize = 0; r < rows; ++r) {
    const base = r * row;
    const zr = dz + r * zRow;
    if (masked(r, t)) {
      memory.fill(y + base, 0, bytes);
      memory.fill(w + base, 0, bytes);
      if (hasLinear) memory.fill(a + base, 0, bytes);
      if (!sharedZ && isLast) memory.fill(zr, 0, gated ? bytes << 1 : bytes);
      continue;
    }
    for (let i: usize = 0; i < bytes; i += 16) {
      const j = base + i;
      const dh = v128.load(cotangent + j);
      let dk = v128.and(weighted, f32x4.mul(weight, dh));
      for (let later = stage + 1; later < stages; ++later) {
        const factor = column + ((later * stages) << 2);
        if (load<f32>(factor) == 0) continue;
        dk = madd<f32>(v128.load32_splat(factor), v128.load(stageCotangents + later * planeBytes + j), dk);
      }
      const value = v128.load(s + j);
      let dm = dk;
      let dGate = f32x4.splat(0);
      if (gated) {
        const gate = v128.load(g + j);
        dm = f32x4.mul(dk, gate);
        dGate = f32x4.mul(f32x4.mul(dm, v128.load(m + j)), f32x4.sub(one, gate));
      }
      const du = f32x4.mul(dm, derivative4(act, value));
      v128.store(w + j, f32x4.add(du, dGate));
      if (hasLinear) v128.store(a + j, dm);
      if (thresholdGrad != 0) {
        const signed = v128.xor(du, v128.and(value, f32x4.splat(-0.0)));
        v128.store(thresholdGrad + i, f32x4.add(v128.load(thresholdGrad + i), signed));
      }
      if (!sharedZ) {
        v128.store(zr + i, isLast ? du : f32x4.add(v128.load(zr + i), du));
        if (gated) {
          const sum = isLast ? dGate : f32x4.add(v128.load(zr + bytes + i), dGate);
          v128.store(zr + bytes + i, sum);
        }
      }
      if (stages == 1) v128.store(cotangent + j, v128.and(carry, dh));
    }
  }
}

/** The cotangent of the state before a step of several stages. */
function carryBack(t: usize): void {
  const stages = field(Field.stages);
  const row = field(Field.row);
  const bytes = field(Field.width) << 2;
  const carry = carryMask(fieldF32(Field.carry));
  for (let r: usize = 0; r < rows; ++r) {
    if (masked(r, t)) continue;
    for (let j = r * row, end = r * row + bytes; j < end; j += 16) {
      let sum = v128.and(carry, v128.load(cotangent + j));
      for (let stage: usize = 0; stage < stages; ++stage) {
        sum = f32x4.add(sum, v128.load(stageCotangents + stage * planeBytes + j));
      }
      v128.store(cotangent + j, sum);
    }
  }
}
