import { Field, Flag } from '../../src/recurrence/fields';
import { inputs, linear, locate, planeBytes, slopes, z } from './dynamical-scratch';
import { gemm } from './gemm';
import { project } from './input';
import { carryMask, field, fieldF32, from, has, masked, ofTask, rows, to } from './job';
import { activate4 } from '../shared/activation-f32x4';
import { sigmoid4 } from '../shared/functions-f32x4';
import { madd } from '../shared/madd';
import { copyFloats, loadRows, storeRows } from './rows';

/** Steps [from, to) from the state in the first slot of Y; with `out`, results go to the caller. */
export function advance(tape: bool, out: bool): void {
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
      if (A != 0) gemm(y + at, row, A, linear, row, rows, width, units, false);
      const target = stages == 1 ? y + stepBytes : slopes + at;
      respond(target, y, s + at, g + at, m + at, gated, direct, keepM, t);
    }
    if (stages > 1) combine(y + stepBytes, y, fieldF32(Field.carry), field(Field.tableauB), stages, t);
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

/**
 * s holds W y (direct: W y + z): s = act(W y + z), g = sigmoid(W y + z_g), m = A y + s, and the slope is k = g ∘ m. All in
 * one pass over the rows, which leaves at `target` the slope or, where it is the only one, carry · y + (epsilon b) k.
 */
function respond(
  target: usize, y: usize, s: usize, g: usize, m: usize, gated: bool, direct: bool, keepM: bool, t: usize,
): void {
  const row = field(Field.row);
  const zRow = field(Field.zRow);
  const bytes = field(Field.width) << 2;
  const act = field(Field.activation);
  const threshold = field(Field.threshold);
  const hasLinear = field(Field.linear) != 0;
  const single = field(Field.stages) == 1;
  const carry = carryMask(fieldF32(Field.carry));
  const weight = v128.load32_splat(field(Field.tableauB));
  for (let r: usize = 0; r < rows; ++r) {
    const at = r * row;
    if (single && masked(r, t)) {
      if (target != y) copyFloats(target + at, y + at, bytes >> 2);
      continue;
    }
    const zr = z + r * zRow;
    for (let i: usize = 0; i < bytes; i += 16) {
      const j = at + i;
      const Wy = v128.load(s + j);
      let value = activate4(act, direct ? Wy : f32x4.add(Wy, v128.load(zr + i)), threshold + i);
      v128.store(s + j, value);
      if (hasLinear) value = f32x4.add(v128.load(linear + j), value);
      if (keepM) v128.store(m + j, value);
      if (gated) {
        const gate = sigmoid4(f32x4.add(Wy, v128.load(zr + bytes + i)));
        v128.store(g + j, gate);
        value = f32x4.mul(gate, value);
      }
      if (single) value = madd<f32>(weight, value, v128.and(carry, v128.load(y + j)));
      v128.store(target + j, value);
    }
  }
}

/** target = carry · y + Σ weights_i k_i over the first `count` slopes, those of weight 0 left out; a masked row is carried over. */
function combine(target: usize, y: usize, carry: f32, weights: usize, count: usize, t: usize): void {
  const row = field(Field.row);
  const bytes = field(Field.width) << 2;
  const kept = carryMask(carry);
  for (let r: usize = 0; r < rows; ++r) {
    const at = r * row;
    if (masked(r, t)) {
      if (target != y) copyFloats(target + at, y + at, bytes >> 2);
      continue;
    }
    for (let j = at, end = at + bytes; j < end; j += 16) {
      let sum = v128.and(kept, v128.load(y + j));
      let k = slopes + j;
      for (let i: usize = 0; i < count; ++i) {
        if (load<f32>(weights + (i << 2)) != 0) sum = madd<f32>(v128.load32_splat(weights + (i << 2)), v128.load(k), sum);
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
