import { Act } from '../../src/codes';
import { Field } from '../../src/recurrence/fields';
import { field, firstRow, masked, rows } from './job';
import { hardSigmoid4, modrelu4, relu4, sigmoid4, tanh4 } from '../shared/functions-f32x4';

/** n floats, n any number; neither pointer need be aligned. */
export function copyFloats(to: usize, from: usize, n: usize): void {
  memory.copy(to, from, n << 2);
}

/** to += from, n floats. */
export function addFloats(to: usize, from: usize, n: usize): void {
  const end = to + (n << 2);
  for (; to + 16 <= end; to += 16) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    from += 16;
  }
  for (; to < end; to += 4) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    from += 4;
  }
}

/** Rows of `units` floats in the user's layout [batch, ...] into this task's padded rows, or zeros where there are none. */
export function loadRows(to: usize, from: usize, stride: usize): void {
  const row = field(Field.row);
  const units = field(Field.units);
  memory.fill(to, 0, rows * row);
  if (from == 0) return;
  from += firstRow * stride;
  for (let r: usize = 0; r < rows; ++r) {
    copyFloats(to, from, units);
    to += row;
    from += stride;
  }
}

/** This task's rows out to the user's layout; nothing where `to` is null. */
export function storeRows(to: usize, stride: usize, from: usize): void {
  if (to == 0) return;
  const row = field(Field.row);
  const units = field(Field.units);
  to += firstRow * stride;
  for (let r: usize = 0; r < rows; ++r) {
    copyFloats(to, from, units);
    to += stride;
    from += row;
  }
}

/** The cotangents of masked rows at step t to `to`, or back: a product with weights that are not finite must not reach them. */
export function copyMaskedRows(to: usize, from: usize, t: usize): void {
  if (field(Field.mask) == 0) return;
  const row = field(Field.row);
  for (let r: usize = 0; r < rows; ++r) {
    if (masked(r, t)) memory.copy(to + r * row, from + r * row, field(Field.width) << 2);
  }
}

/** Zero in what each gate's padding holds of `count` rows: what is not finite there, times a padded weight of 0, would be NaN. */
export function clearPadding(p: usize, count: usize): void {
  const units = field(Field.units);
  const width = field(Field.width);
  if (units == width) return;
  const gates = field(Field.gates);
  const zRow = field(Field.zRow);
  const bytes = (width - units) << 2;
  for (let r: usize = 0; r < count; ++r) {
    for (let gate: usize = 0; gate < gates; ++gate) {
      memory.fill(p + ((gate * width + units) << 2), 0, bytes);
    }
    p += zRow;
  }
}

/** Adds rows of the user's layout to this task's rows. */
export function addRows(to: usize, from: usize, stride: usize): void {
  if (from == 0) return;
  const row = field(Field.row);
  const units = field(Field.units);
  from += firstRow * stride;
  for (let r: usize = 0; r < rows; ++r) {
    addFloats(to, from, units);
    to += row;
    from += stride;
  }
}

function tanhRows(p: usize, stride: usize, width: usize): void {
  for (let r: usize = 0; r < rows; ++r) {
    for (let q = p, end = p + (width << 2); q < end; q += 16) v128.store(q, tanh4(v128.load(q)));
    p += stride;
  }
}
function sigmoidRows(p: usize, stride: usize, width: usize): void {
  for (let r: usize = 0; r < rows; ++r) {
    for (let q = p, end = p + (width << 2); q < end; q += 16) v128.store(q, sigmoid4(v128.load(q)));
    p += stride;
  }
}
function reluRows(p: usize, stride: usize, width: usize): void {
  for (let r: usize = 0; r < rows; ++r) {
    for (let q = p, end = p + (width << 2); q < end; q += 16) v128.store(q, relu4(v128.load(q)));
    p += stride;
  }
}
function hardSigmoidRows(p: usize, stride: usize, width: usize): void {
  for (let r: usize = 0; r < rows; ++r) {
    for (let q = p, end = p + (width << 2); q < end; q += 16) v128.store(q, hardSigmoid4(v128.load(q)));
    p += stride;
  }
}
function modreluRows(p: usize, stride: usize, width: usize, threshold: usize): void {
  for (let r: usize = 0; r < rows; ++r) {
    for (let j: usize = 0; j < width << 2; j += 16) {
      v128.store(p + j, modrelu4(v128.load(p + j), v128.load(threshold + j)));
    }
    p += stride;
  }
}

/** Applies an activation in place to `width` floats of each of this task's rows. */
export function activateRows(act: usize, p: usize, stride: usize, width: usize): void {
  if (act == <usize>Act.tanh) tanhRows(p, stride, width);
  else if (act == <usize>Act.relu) reluRows(p, stride, width);
  else if (act == <usize>Act.sigmoid) sigmoidRows(p, stride, width);
  else if (act == <usize>Act.hardSigmoid) hardSigmoidRows(p, stride, width);
  else if (act == <usize>Act.modrelu) modreluRows(p, stride, width, field(Field.threshold));
}
