import { Field, Flag } from '../src/fused/fields';
import { gemm, OUTER_ROWS, outer } from './gemm';
import { inputGradients, project, rememberInputs } from './input';
import { field, fieldF32, firstRow, has, masked, ofTask, rows } from './job';
import { madd, sigmoid4 } from './math';
import { activateRows, addRows, copyFloats, derivative4, loadRows, storeRows } from './rows';

/*
 * k(h) = g ∘ (A h + act(W h + z)), g = sigmoid(W h + z_g) or 1, and h⁺ = carry · h + epsilon · Φ(k, h).
 *
 * The planes of the tape hold, per step and stage and row: Y the stage's state, S act(...), G the gate, M what the
 * gate multiplies (only if gated with a linear term: elsewhere it is S). Without a tape all steps share one slot.
 *
 * Scratch of a task, in rows-sized planes: z | linear | one k per stage | the state's cotangent | one dy per stage.
 */

// Scratch planes, set by `locate`.
let planeBytes: usize = 0;
let z: usize = 0;
let linear: usize = 0;
let slopes: usize = 0;
let cotangent: usize = 0;
let stageCotangents: usize = 0;
let inputs: usize = 0;
let panel: usize = 0;
let inputCotangents: usize = 0;

function locate(): void {
  const stages = field(Field.stages);
  planeBytes = rows * field(Field.row);
  cotangent = ofTask(Field.scratch, Field.scratchTask);
  z = cotangent + planeBytes;
  linear = z + rows * field(Field.zRow);
  slopes = linear + planeBytes;
  stageCotangents = slopes + stages * planeBytes;
  inputs = stageCotangents + stages * planeBytes;
  panel = inputs + rows * field(Field.ringXRow);
  inputCotangents = panel + (OUTER_ROWS << 5);
}

/** Steps [from, to) from the state in the first slot of Y; with `out`, results go to the caller. */
function advance(tape: bool, out: bool): void {
  const from = field(Field.from);
  const to = field(Field.to);
  const stages = field(Field.stages);
  const gated = has(Flag.gated);
  const row = field(Field.row);
  const width = field(Field.width);
  const units = field(Field.units);
  const W = field(Field.weights);
  const A = field(Field.linear);
  const act = field(Field.activation);
  const time = field(Field.time);
  const stepBytes = tape ? stages * planeBytes : 0;
  let y = ofTask(Field.planeY, Field.planeYTask);
  let s = ofTask(Field.planeS, Field.planeSTask);
  let g = ofTask(Field.planeG, Field.planeGTask);
  let m = ofTask(Field.planeM, Field.planeMTask);
  const keepM = tape && gated && A != 0;
  const segment = field(Field.segmentSteps);
  // One stage without a gate: z can be formed where W h is added to it.
  const direct = stages == 1 && !gated;

  for (let t = from; t < to; ++t) {
    if (out && segment != 0 && t % segment == 0) {
      memory.copy(
        ofTask(Field.checkpoints, Field.checkpointsTask) + (t / segment) * planeBytes,
        y,
        planeBytes,
      );
    }
    project(t, direct ? s : z, direct ? row : field(Field.zRow), inputs);
    for (let stage: usize = 0; stage < stages; ++stage) {
      const at = stage * planeBytes;
      if (stage > 0) combine(y + at, y, 1, field(Field.tableauA) + ((stage * stages) << 2), stage, t);
      gemm(y + at, row, W, s + at, row, rows, width, units, direct);
      if (!direct) addDrive(s + at, g + at, gated);
      activateRows(act, s + at, row, width);
      if (A != 0) gemm(y + at, row, A, linear, row, rows, width, units, false);
      if (direct) singleStep(y + stepBytes, y, s, A != 0, t);
      else slope(slopes + at, s + at, g + at, m + at, gated, A != 0, keepM);
    }
    if (!direct) combine(y + stepBytes, y, fieldF32(Field.carry), field(Field.tableauB), stages, t);
    y += stepBytes;
    s += stepBytes;
    if (gated) g += stepBytes;
    if (keepM) m += stepBytes;
    if (out && field(Field.states) != 0) {
      storeRows(field(Field.states) + ((t * units) << 2), (time * units) << 2, y);
    }
  }
  if (out && to == time) storeRows(field(Field.final), units << 2, y);
}

/** target = carry · y + (epsilon b) · (A y + s): the whole of an ungated Euler step. */
function singleStep(target: usize, y: usize, s: usize, hasLinear: bool, t: usize): void {
  const row = field(Field.row);
  const bytes = field(Field.width) << 2;
  const carry = f32x4.splat(fieldF32(Field.carry));
  const weight = v128.load32_splat(field(Field.tableauB));
  for (let r: usize = 0; r < rows; ++r) {
    const at = r * row;
    if (masked(r, t)) {
      if (target != y) copyFloats(target + at, y + at, bytes >> 2);
    } else if (hasLinear) {
      for (let j = at, end = at + bytes; j < end; j += 16) {
        const k = f32x4.add(v128.load(linear + j), v128.load(s + j));
        v128.store(target + j, madd(weight, k, f32x4.mul(carry, v128.load(y + j))));
      }
    } else {
      for (let j = at, end = at + bytes; j < end; j += 16) {
        v128.store(target + j, madd(weight, v128.load(s + j), f32x4.mul(carry, v128.load(y + j))));
      }
    }
  }
}

/** s holds W y: s += z and, if gated, g = sigmoid(W y + z_g). */
function addDrive(s: usize, g: usize, gated: bool): void {
  const row = field(Field.row);
  const zRow = field(Field.zRow);
  const bytes = field(Field.width) << 2;
  for (let r: usize = 0; r < rows; ++r) {
    const zr = z + r * zRow;
    for (let j: usize = 0; j < bytes; j += 16) {
      const Wy = v128.load(s + j);
      v128.store(s + j, f32x4.add(Wy, v128.load(zr + j)));
      if (gated) v128.store(g + j, sigmoid4(f32x4.add(Wy, v128.load(zr + bytes + j))));
    }
    s += row;
    g += row;
  }
}

/** k = g ∘ (A y + s). */
function slope(k: usize, s: usize, g: usize, m: usize, gated: bool, hasLinear: bool, keepM: bool): void {
  const row = field(Field.row);
  const bytes = field(Field.width) << 2;
  for (let r: usize = 0; r < rows; ++r) {
    const at = r * row;
    for (let j = at, end = at + bytes; j < end; j += 16) {
      let value = v128.load(s + j);
      if (hasLinear) value = f32x4.add(v128.load(linear + j), value);
      if (keepM) v128.store(m + j, value);
      if (gated) value = f32x4.mul(v128.load(g + j), value);
      v128.store(k + j, value);
    }
  }
}

/** target = carry · y + Σ weights_i k_i over the first `count` slopes; a masked row is carried over. */
function combine(target: usize, y: usize, carry: f32, weights: usize, count: usize, t: usize): void {
  const row = field(Field.row);
  const bytes = field(Field.width) << 2;
  const factor = f32x4.splat(carry);
  for (let r: usize = 0; r < rows; ++r) {
    const at = r * row;
    if (masked(r, t)) {
      if (target != y) copyFloats(target + at, y + at, bytes >> 2);
      continue;
    }
    for (let j = at, end = at + bytes; j < end; j += 16) {
      let sum = f32x4.mul(factor, v128.load(y + j));
      let k = slopes + j;
      for (let i: usize = 0; i < count; ++i) {
        sum = madd(v128.load32_splat(weights + (i << 2)), v128.load(k), sum);
        k += planeBytes;
      }
      v128.store(target + j, sum);
    }
  }
}

export function forwardDynamical(): void {
  locate();
  loadRows(ofTask(Field.planeY, Field.planeYTask), field(Field.initial), field(Field.units) << 2);
  advance(has(Flag.tape), true);
}

/** Back through steps [from, to), from the cotangent left by the segment after it. */
export function backwardDynamical(): void {
  locate();
  const from = field(Field.from);
  const to = field(Field.to);
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
  if (has(Flag.firstBackward)) {
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
    outer(dW, row, units, states, row, width, grads + field(Field.gradW), width << 2, count, panel);
    if (A != 0)
      outer(ringA, row, units, states, row, width, grads + field(Field.gradA), width << 2, count, panel);
    inputGradients(start, end, ringZ + (start - zStart) * zBytes, panel, inputCotangents);
    end = start;
  }
  if (has(Flag.lastBackward)) storeRows(field(Field.initialGrad), units << 2, cotangent);
}

/** One step back; `at` is its slot on the tape. Leaves the cotangents that weights meet at w, a and dz. */
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
  for (let stage = stages; stage-- > 0; ) {
    const offset = stage * planeBytes;
    stageBack(t, stage, at + offset, w + offset, a + offset, dz);
    // With one stage the state's cotangent is already carried over, and takes what comes through the matrices.
    const dy = stages == 1 ? cotangent : stageCotangents + offset;
    gemm(w + offset, row, W, dy, row, rows, width, units, stages == 1);
    if (A != 0) gemm(a + offset, row, A, dy, row, rows, width, units, true);
  }
  if (stages > 1) carryBack(t);
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
  const s = ofTask(Field.planeS, Field.planeSTask) + at;
  const g = ofTask(Field.planeG, Field.planeGTask) + at;
  const m = gated && hasLinear ? ofTask(Field.planeM, Field.planeMTask) + at : s;
  const weight = v128.load32_splat(field(Field.tableauB) + (stage << 2));
  const column = field(Field.tableauA) + (stage << 2);
  const carry = f32x4.splat(fieldF32(Field.carry));
  const one = f32x4.splat(1);
  const isLast = stage == stages - 1;
  for (let r: usize = 0; r < rows; ++r) {
    const base = r * row;
    const zr = dz + r * zRow;
    if (masked(r, t)) {
      memory.fill(w + base, 0, bytes);
      if (hasLinear) memory.fill(a + base, 0, bytes);
      if (!sharedZ && isLast) memory.fill(zr, 0, gated ? bytes << 1 : bytes);
      continue;
    }
    for (let i: usize = 0; i < bytes; i += 16) {
      const j = base + i;
      const dh = v128.load(cotangent + j);
      let dk = f32x4.mul(weight, dh);
      for (let later = stage + 1; later < stages; ++later) {
        const factor = v128.load32_splat(column + ((later * stages) << 2));
        dk = madd(factor, v128.load(stageCotangents + later * planeBytes + j), dk);
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
      if (stages == 1) v128.store(cotangent + j, f32x4.mul(carry, dh));
    }
  }
}

/** The cotangent of the state before a step of several stages. */
function carryBack(t: usize): void {
  const stages = field(Field.stages);
  const row = field(Field.row);
  const bytes = field(Field.width) << 2;
  const carry = f32x4.splat(fieldF32(Field.carry));
  for (let r: usize = 0; r < rows; ++r) {
    if (masked(r, t)) continue;
    for (let j = r * row, end = r * row + bytes; j < end; j += 16) {
      let sum = f32x4.mul(carry, v128.load(cotangent + j));
      for (let stage: usize = 0; stage < stages; ++stage) {
        sum = f32x4.add(sum, v128.load(stageCotangents + stage * planeBytes + j));
      }
      v128.store(cotangent + j, sum);
    }
  }
}
