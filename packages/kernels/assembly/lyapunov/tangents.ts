import { Family } from '../../src/codes';
import { Field } from '../../src/lyapunov/fields';
import { beat } from '../shared/job';
import { field, take } from './job';
import { cellByCell, d0, d1, d2, d3, formed, hiddenByCell, jacobianBytes, jacobians } from './linearise';
import { panelAt } from './orthonormalise';
import { madd } from '../shared/madd';
import { lanes, multiply, ROW } from './panel';
import { get } from './vector';

let bytes: usize = 0;
/** A panel on its way. */
let product: usize = 0;
/** One panel for each stage. */
let slopes: usize = 0;

export function locateTangents(): void {
  bytes = field(Field.panelBytes);
  product = take(bytes);
  slopes = take(field(Field.stages) * bytes);
}

/** Replaces every tangent vector of the frame by J v. */
export function pushFrame<T>(): void {
  const stages = field(Field.stages);
  const factored = field(Field.family) == <usize>Family.gru && !formed;
  const withCell = field(Field.family) == <usize>Family.lstm && !field(Field.hiddenOnly);
  for (let p: usize = 0; p < field(Field.panels); ++p) {
    const panel = panelAt(p);
    if (stages > 1) pushStages<T>(panel, stages);
    else if (factored) pushGRU<T>(panel);
    else {
      multiply<T>(product, jacobians, field(Field.rows) / lanes<T>(), panel, field(Field.units));
      if (withCell) addCell<T>(panel);
      memory.copy(panel, product, bytes);
    }
    beat();
  }
}

/** What the cell's part of each vector adds to h⁺ and c⁺. */
function addCell<T>(panel: usize): void {
  const width = field(Field.width);
  for (let k: usize = 0; k < width; ++k) {
    const cell = panel + (width + k) * ROW;
    const hidden = product + k * ROW;
    const c0 = v128.load(cell);
    const c1 = v128.load(cell, 16);
    const byHidden = v128.splat<T>(<T>get(hiddenByCell, k));
    v128.store(hidden, madd<T>(byHidden, c0, v128.load(hidden)));
    v128.store(hidden, madd<T>(byHidden, c1, v128.load(hidden, 16)), 16);
    const byCell = v128.splat<T>(<T>get(cellByCell, k));
    const target = hidden + width * ROW;
    v128.store(target, madd<T>(byCell, c0, v128.load(target)));
    v128.store(target, madd<T>(byCell, c1, v128.load(target, 16)), 16);
  }
}

/** diag(d0) W_z V + diag(d1) W_h (diag(d3) W_r V + diag(d2) V) + diag(update) V, factor by factor. */
function pushGRU<T>(panel: usize): void {
  const units = field(Field.units);
  const width = field(Field.width);
  const update = field(Field.tangentWeights);
  const gate = width * units * sizeof<T>();
  multiply<T>(slopes, update + gate, width / lanes<T>(), panel, units);
  combine<T>(slopes, d3, panel, d2);
  multiply<T>(product, update + 2 * gate, width / lanes<T>(), slopes, units);
  combine<T>(product, d1, panel, cellByCell);
  multiply<T>(slopes, update, width / lanes<T>(), panel, units);
  memory.copy(panel, product, bytes);
  combine<T>(panel, 0, slopes, d0);
}

/** target = diag(d) target + diag(e) x; no `d` stands for the identity. */
function combine<T>(target: usize, d: usize, x: usize, e: usize): void {
  const width = field(Field.width);
  for (let k: usize = 0; k < width; ++k) {
    const scale = v128.splat<T>(<T>(d ? get(d, k) : 1));
    const weight = v128.splat<T>(<T>get(e, k));
    v128.store(target, madd<T>(weight, v128.load(x), v128.mul<T>(scale, v128.load(target))));
    v128.store(target, madd<T>(weight, v128.load(x, 16), v128.mul<T>(scale, v128.load(target, 16))), 16);
    target += ROW;
    x += ROW;
  }
}

/** V⁺ = carry V + epsilon Σ b_i K_i,  K_i = J_i (V + epsilon Σ a_ij K_j). */
function pushStages<T>(panel: usize, stages: usize): void {
  const a = field(Field.tableauA);
  const b = field(Field.tableauB);
  for (let s: usize = 0; s < stages; ++s) {
    memory.copy(product, panel, bytes);
    for (let j: usize = 0; j < s; ++j) addScaled<T>(product, get(a, s * stages + j), slopes + j * bytes);
    const panels = field(Field.rows) / lanes<T>();
    multiply<T>(slopes + s * bytes, jacobians + s * jacobianBytes, panels, product, field(Field.units));
  }
  if (!field(Field.carry)) memory.fill(panel, 0, bytes);
  for (let s: usize = 0; s < stages; ++s) addScaled<T>(panel, get(b, s), slopes + s * bytes);
}

/** target += weight * panel */
function addScaled<T>(target: usize, weight: f64, panel: usize): void {
  if (weight == 0) return;
  const w = v128.splat<T>(<T>weight);
  for (const end = panel + bytes; panel < end; panel += 16) {
    v128.store(target, madd<T>(w, v128.load(panel), v128.load(target)));
    target += 16;
  }
}
