import { Family } from '../../src/codes';
import { Field } from '../../src/lyapunov/fields';
import { slope, value } from '../shared/activation-f64';
import { field, take } from './job';
import { madd } from '../shared/madd';
import { lanes, multiply, ROW } from './panel';
import { addColumn, addProduct, get, set } from './vector';

/*
 * One step of a state in float64, and its Jacobian in T. The dense part of a Jacobian is a sum of diagonals times weight
 * matrices, held by panels of its transpose as the weights are: forming it costs what scaling the products would.
 */

let units: usize = 0;
let width: usize = 0;
/** The parts of a Jacobian that this writes, one for each stage; diagonals as float64 vectors of `width`. */
export let jacobians: usize = 0;
export let jacobianBytes: usize = 0;
/** LSTM with its cell: ∂c⁺/∂c, and ∂h⁺/∂c. */
export let cellByCell: usize = 0;
export let hiddenByCell: usize = 0;
/** GRU: whether its Jacobian is formed, which pays from about half as many vectors as units on. */
export let formed: bool = false;

/** Pre-activations of all gates, and their part that the input drives. */
let z: usize = 0;
let drive: usize = 0;
/** [x, 1] */
let input: usize = 0;
/** State of a stage, its slopes, A h. */
let stage: usize = 0;
let slopes: usize = 0;
let linear: usize = 0;
/** Diagonals. Those of the GRU are given where its derivative is formed. */
export let d0: usize = 0;
export let d1: usize = 0;
export let d2: usize = 0;
export let d3: usize = 0;
/** GRU: a panel of the candidate's weights with its rows scaled. */
let scaled: usize = 0;

export function locateLinearisation(): void {
  units = field(Field.units);
  width = field(Field.width);
  const vector = width * 8;
  const stages = field(Field.stages);
  z = take(field(Field.gates) * vector);
  drive = take(field(Field.driveRows) * 8);
  input = take((field(Field.inputDim) + 1) * 8);
  stage = take(vector);
  slopes = take(stages * vector);
  linear = take(vector);
  d0 = take(vector);
  d1 = take(vector);
  d2 = take(vector);
  d3 = take(vector);
  cellByCell = take(vector);
  hiddenByCell = take(vector);
  scaled = take(units * ROW);
  jacobianBytes = field(Field.rows) * units * (field(Field.single) ? 4 : 8);
  jacobians = take(stages * jacobianBytes + 8 * ROW);
  formed = field(Field.count) > units >> 1;
  // What lies between `units` and `width` of the diagonals is never written.
  memory.fill(linear, 0, 7 * ((vector + 63) & ~63));
}

/** Replaces the state by its successor, and leaves the Jacobian at the old one. */
export function linearise<T>(state: usize, x: usize): void {
  readInput(x);
  const family = field(Field.family);
  if (family == <usize>Family.dynamical) dynamical<T>(state);
  else if (family == <usize>Family.lstm) lstm<T>(state);
  else gru<T>(state);
}

function readInput(x: usize): void {
  const inputDim = field(Field.inputDim);
  const rows = field(Field.driveRows);
  memory.fill(drive, 0, rows * 8);
  if (field(Field.tokens)) {
    addColumn(drive, field(Field.kernel), <usize>load<f64>(x), rows, inputDim + 1);
    addColumn(drive, field(Field.kernel), inputDim, rows, inputDim + 1);
    return;
  }
  memory.copy(input, x, inputDim * 8);
  set(input, inputDim, 1);
  addProduct(drive, field(Field.kernel), input, rows, inputDim + 1);
}

function dynamical<T>(state: usize): void {
  const stages = field(Field.stages);
  const a = field(Field.tableauA);
  const b = field(Field.tableauB);
  const carry = <f64>field(Field.carry);
  for (let s: usize = 0; s < stages; ++s) {
    memory.copy(stage, state, width * 8);
    for (let j: usize = 0; j < s; ++j) addScaled(stage, get(a, s * stages + j), slopes + j * width * 8);
    evaluateStage(slopes + s * width * 8);
    if (stages == 1) foldStep(get(b, 0));
    formDynamical<T>(jacobians + s * jacobianBytes, stages == 1 ? carry : 0);
  }
  for (let i: usize = 0; i < units; ++i) set(state, i, carry * get(state, i));
  for (let s: usize = 0; s < stages; ++s) addScaled(state, get(b, s), slopes + s * width * 8);
}

/** target += weight v over the units. */
function addScaled(target: usize, weight: f64, v: usize): void {
  if (weight == 0) return;
  for (let i: usize = 0; i < units; ++i) set(target, i, get(target, i) + weight * get(v, i));
}

/** k at `stage`, with its derivative diag(d0) W + diag(d1) A. */
function evaluateStage(k: usize): void {
  const act = field(Field.activation);
  const gated = field(Field.gated);
  const threshold = field(Field.threshold);
  const A = field(Field.linear);
  memory.fill(z, 0, width * 8);
  addProduct(z, field(Field.weights), stage, width, units);
  if (A) {
    memory.fill(linear, 0, width * 8);
    addProduct(linear, A, stage, width, units);
  }
  for (let i: usize = 0; i < units; ++i) {
    const bound: f64 = threshold ? get(threshold, i) : 0;
    const zi = get(z, i) + get(drive, i);
    const inside = value(act, zi, bound) + (A ? get(linear, i) : 0);
    let byState = slope(act, zi, bound);
    let gate: f64 = 1;
    if (gated) {
      const zg = get(z, i) + get(drive, width + i);
      gate = 1 / (1 + Math.exp(-zg));
      const decay = Math.exp(-Math.abs(zg));
      byState = gate * byState + (inside * decay) / ((1 + decay) * (1 + decay));
    }
    set(k, i, gate * inside);
    set(d0, i, byState);
    set(d1, i, gate);
  }
}

/** With one stage its Jacobian is that of the step. */
function foldStep(weight: f64): void {
  for (let i: usize = 0; i < units; ++i) {
    set(d0, i, weight * get(d0, i));
    set(d1, i, weight * get(d1, i));
  }
}

function formDynamical<T>(target: usize, carry: f64): void {
  scaleRows<T>(target, d0, field(Field.tangentWeights), false);
  if (field(Field.tangentLinear)) scaleRows<T>(target, d1, field(Field.tangentLinear), true);
  if (carry == 0) return;
  for (let i: usize = 0; i < units; ++i) addDiagonal<T>(target, i, carry);
}

/** target = [target +] diag(d) M, `width` rows of `units` columns. */
function scaleRows<T>(target: usize, d: usize, m: usize, add: bool): void {
  for (let i: usize = 0; i < width; i += lanes<T>()) {
    const d0 = diagonal<T>(d + i * 8);
    const d1 = diagonal<T>(d + i * 8 + lanes<T>() * 4);
    for (const end = target + units * ROW; target < end; target += ROW) {
      let x = v128.mul<T>(d0, v128.load(m));
      let y = v128.mul<T>(d1, v128.load(m, 16));
      if (add) {
        x = v128.add<T>(x, v128.load(target));
        y = v128.add<T>(y, v128.load(target, 16));
      }
      v128.store(target, x);
      v128.store(target, y, 16);
      m += ROW;
    }
  }
}

/** 16 bytes of numbers T from float64. */
// @ts-expect-error: decorator
@inline
function diagonal<T>(d: usize): v128 {
  if (sizeof<T>() == 8) return v128.load(d);
  const low = f32x4.demote_f64x2_zero(v128.load(d));
  const high = f32x4.demote_f64x2_zero(v128.load(d, 16));
  return v128.shuffle<i64>(low, high, 0, 2);
}

// @ts-expect-error: decorator
@inline
function addDiagonal<T>(target: usize, i: usize, value: f64): void {
  const place = target + ((i / lanes<T>()) * units + i) * ROW + (i % lanes<T>()) * sizeof<T>();
  store<T>(place, <T>(<f64>load<T>(place) + value));
}

function lstm<T>(state: usize): void {
  const act = field(Field.activation);
  const rec = field(Field.recurrentActivation);
  const hiddenOnly = field(Field.hiddenOnly);
  memory.copy(z, drive, 4 * width * 8);
  addProduct(z, field(Field.weights), state, 4 * width, units);
  for (let k: usize = 0; k < units; ++k) {
    const zi = get(z, k), zf = get(z, width + k), zg = get(z, 2 * width + k), zo = get(z, 3 * width + k);
    const cell = get(state, width + k);
    const i = value(rec, zi, 0), f = value(rec, zf, 0), g = value(act, zg, 0), o = value(rec, zo, 0);
    const c = f * cell + i * g;
    const squashed = value(act, c, 0);
    set(state, k, o * squashed);
    set(state, width + k, c);
    const dc = o * slope(act, c, 0);
    set(d0, k, slope(rec, zi, 0) * g);
    set(d1, k, slope(rec, zf, 0) * cell);
    set(d2, k, slope(act, zg, 0) * i);
    set(d3, k, slope(rec, zo, 0) * squashed);
    set(cellByCell, k, f);
    set(hiddenByCell, k, dc * f);
    set(linear, k, dc);
  }
  const matrix = field(Field.tangentWeights);
  const gate = width * units * sizeof<T>();
  // The cell's rows: c⁺ by h. Without the cell they are made where h's belong, and scaled there.
  const byCell = hiddenOnly ? jacobians : jacobians + gate;
  scaleRows<T>(byCell, d0, matrix, false);
  scaleRows<T>(byCell, d1, matrix + gate, true);
  scaleRows<T>(byCell, d2, matrix + 2 * gate, true);
  scaleRows<T>(jacobians, linear, byCell, false);
  scaleRows<T>(jacobians, d3, matrix + 3 * gate, true);
}

function gru<T>(state: usize): void {
  const act = field(Field.activation);
  const rec = field(Field.recurrentActivation);
  const candidateRows = width + width;
  memory.copy(z, drive, 3 * width * 8);
  addProduct(z, field(Field.weights), state, 2 * width, units);
  for (let l: usize = 0; l < units; ++l) {
    const zr = get(z, width + l);
    const reset = value(rec, zr, 0);
    set(stage, l, reset * get(state, l));
    set(d2, l, reset);
    set(d3, l, slope(rec, zr, 0) * get(state, l));
  }
  addProduct(
    z + candidateRows * 8, field(Field.weights) + candidateRows * units * 8, stage, width, units,
  );
  for (let k: usize = 0; k < units; ++k) {
    const update = value(rec, get(z, k), 0);
    const candidate = value(act, get(z, candidateRows + k), 0);
    set(d0, k, (get(state, k) - candidate) * slope(rec, get(z, k), 0));
    set(d1, k, (1 - update) * slope(act, get(z, candidateRows + k), 0));
    set(cellByCell, k, update);
    set(state, k, update * get(state, k) + (1 - update) * candidate);
  }
  if (formed) formGRU<T>();
}

/** diag(d0) W_z + diag(d1) W_h (diag(d3) W_r + diag(d2)) + diag(update). */
function formGRU<T>(): void {
  const matrix = field(Field.tangentWeights);
  const candidate = matrix + 2 * width * units * sizeof<T>();
  const byColumns = field(Field.tangentLinear);
  for (let p: usize = 0; p < width / lanes<T>(); ++p) {
    const from = candidate + p * units * ROW;
    const target = jacobians + p * units * ROW;
    for (let t: usize = 0; t < units; ++t) {
      const s = v128.splat<T>(<T>get(d3, t));
      v128.store(scaled + t * ROW, v128.mul<T>(s, v128.load(from + t * ROW)));
      v128.store(scaled + t * ROW, v128.mul<T>(s, v128.load(from + t * ROW, 16)), 16);
    }
    // Rows past `units` stand for nothing, and fall into the next panel, which is written later, or past the last.
    multiply<T>(target, byColumns, width / lanes<T>(), scaled, units);
    const e0 = diagonal<T>(d1 + p * lanes<T>() * 8);
    const e1 = diagonal<T>(d1 + p * lanes<T>() * 8 + lanes<T>() * 4);
    for (let t: usize = 0; t < units; ++t) {
      const at = target + t * ROW;
      const s = v128.splat<T>(<T>get(d2, t));
      v128.store(at, v128.mul<T>(e0, madd<T>(s, v128.load(from + t * ROW), v128.load(at))));
      v128.store(at, v128.mul<T>(e1, madd<T>(s, v128.load(from + t * ROW, 16), v128.load(at, 16))), 16);
    }
  }
  scaleRows<T>(jacobians, d0, matrix, true);
  for (let i: usize = 0; i < units; ++i) addDiagonal<T>(jacobians, i, get(cellByCell, i));
}
