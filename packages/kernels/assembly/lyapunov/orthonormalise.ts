import { Field } from '../../src/lyapunov/fields';
import { beat } from '../shared/job';
import { field, ofTrajectory, take } from './job';
import { madd } from '../shared/madd';
import { addOuter, inner, lanes, ROW } from './panel';
import { get, set } from './vector';

/*
 * The factorisation of src/orthonormalise.ts, where its rules are explained, on panels: a recursion that halves the frame and
 * takes the first half out of the second by matrix products, down to single panels.
 */

/** A projection that leaves less than this fraction is repeated: rounding may have left the rest oblique. */
const REPEAT_BELOW: f64 = 0.1;

/** Vectors are rescaled when their norm leaves [SMALL, 1 / SMALL]. */
// @ts-expect-error: decorator
@inline
function SMALL<T>(): f64 {
  return sizeof<T>() == 4 ? 1e-6 : 1e-100;
}
/** What is left of a vector is rescaled below this norm, before its squares lose digits. */
// @ts-expect-error: decorator
@inline
function SHORT<T>(): f64 {
  return sizeof<T>() == 4 ? 1e-12 : 1e-100;
}
/** A smaller part of a vector than this is none of it: T has no number that small beside 1. */
// @ts-expect-error: decorator
@inline
function ZERO_BELOW<T>(): f64 {
  return sizeof<T>() == 4 ? 1e-46 : 1e-300;
}
/** The least square that T holds with all its digits. */
// @ts-expect-error: decorator
@inline
function LEAST_SQUARE<T>(): f64 {
  return sizeof<T>() == 4 ? <f64>f32.MIN_NORMAL_VALUE : f64.MIN_NORMAL_VALUE;
}
// @ts-expect-error: decorator
@inline
function EPSILON<T>(): f64 {
  return sizeof<T>() == 4 ? <f64>f32.EPSILON : f64.EPSILON;
}

let frame: usize = 0;
let panelBytes: usize = 0;
let panels: usize = 0;
let rows: usize = 0;
let count: usize = 0;
let rounding: f64 = 0;
/** Steps since the last factorisation were one. */
let single: bool = false;
/** Directions that are not taken yet. */
let room: i32 = 0;

/** Of each vector, in float64: growth, norm at the start, weight, Σ R_ij² variance_i, variance. */
let growth: usize = 0;
let unresolved: usize = 0;
let originals: usize = 0;
let weights: usize = 0;
let inherited: usize = 0;
let variances: usize = 0;
/** Of each row: Σ (weight x)², in T. */
let rowNorms: usize = 0;
/** One row of a panel for each vector. */
let coefficients: usize = 0;
/** Of each column of the panel at hand: its norm now and when it was last projected, a sum. */
let norms: usize = 0;
let previous: usize = 0;
let sums: usize = 0;
/** As large as a panel. */
let spare: usize = 0;

export function locateFactorisation(): void {
  panelBytes = field(Field.panelBytes);
  panels = field(Field.panels);
  rows = field(Field.rows);
  count = field(Field.count);
  originals = take(panels * 64);
  weights = take(panels * 64);
  inherited = take(panels * 64);
  variances = take(panels * 64);
  coefficients = take(panels * 8 * ROW);
  rowNorms = take(rows * 8);
  norms = take(64);
  previous = take(64);
  sums = take(64);
  spare = take(panelBytes);
}

export function selectFrame(trajectory: usize): void {
  frame = ofTrajectory(Field.frame, Field.frameEach, trajectory);
  growth = ofTrajectory(Field.growth, Field.growthEach, trajectory);
  unresolved = ofTrajectory(Field.unresolved, Field.unresolvedEach, trajectory);
}

// @ts-expect-error: decorator
@inline
export function panelAt(index: usize): usize {
  return frame + index * panelBytes;
}

// @ts-expect-error: decorator
@inline
function at<T>(panel: usize, row: usize, lane: usize): usize {
  return panel + row * ROW + lane * sizeof<T>();
}

/** The norm of each column of a panel, in float64. */
function columnNorms<T>(panel: usize, out: usize): void {
  let s0 = v128.splat<T>(<T>0), s1 = s0, s2 = s0, s3 = s0;
  for (const end = panel + panelBytes; panel < end; panel += 2 * ROW) {
    const a = v128.load(panel), b = v128.load(panel, 16), c = v128.load(panel, 32), d = v128.load(panel, 48);
    s0 = madd<T>(a, a, s0);
    s1 = madd<T>(b, b, s1);
    s2 = madd<T>(c, c, s2);
    s3 = madd<T>(d, d, s3);
  }
  v128.store(sums, v128.add<T>(s0, s2));
  v128.store(sums, v128.add<T>(s1, s3), 16);
  for (let l: usize = 0; l < lanes<T>(); ++l) set(out, l, Math.sqrt(<f64>load<T>(sums + l * sizeof<T>())));
}

/** Keeps vectors within the range of T, with the logarithms in `growth` and norms in `originals`; false if not finite. */
export function keepInRange<T>(): bool {
  for (let p: usize = 0; p < panels; ++p) {
    const panel = panelAt(p);
    const first = p * lanes<T>();
    columnNorms<T>(panel, originals + first * 8);
    for (let j = first; j < first + lanes<T>(); ++j) {
      const norm = get(originals, j);
      if (norm >= SMALL<T>() && norm <= 1 / SMALL<T>()) continue;
      const scale = largest<T>(panel, j - first);
      if (!isFinite(scale)) return false;
      if (scale == 0) continue;
      set(originals, j, Math.sqrt(divideLane<T>(panel, j - first, scale)));
      set(growth, j, get(growth, j) + Math.log(scale));
    }
  }
  return true;
}

/** The largest magnitude in a column; not finite if an entry is not. */
function largest<T>(panel: usize, lane: usize): f64 {
  let result: f64 = 0;
  for (let t: usize = 0; t < rows; ++t) {
    const x = Math.abs(<f64>load<T>(at<T>(panel, t, lane)));
    if (!(x <= result)) result = x;
    if (isNaN(x)) return x;
  }
  return result;
}

/** Makes the frame orthonormal, lost vectors zero; adds the logarithms of R's diagonal to `growth`. False if not finite. */
export function orthonormalise<T>(afterOneStep: bool): bool {
  if (!keepInRange<T>()) return false;
  const size = field(Field.tangentSize);
  rounding = EPSILON<T>() * (4 + 2 * Math.sqrt(<f64>size));
  single = afterOneStep;
  memory.fill(inherited, 0, panels * 64);
  weigh();
  measureRows<T>();
  factorise<T>(0, panels);
  return true;
}

/** The size of each vector relative to the largest, from the growth that waits. */
function weigh(): void {
  let shift = -Infinity;
  for (let j: usize = 0; j < count; ++j) shift = Math.max(shift, get(growth, j));
  for (let j: usize = 0; j < panels * 8; ++j) {
    if (j >= count) set(weights, j, 0);
    else set(weights, j, get(growth, j) == shift ? 1 : Math.exp(get(growth, j) - shift));
  }
}

/** Squared norms of the rows of the frame, rounded up where T has none so small, and how many rows are not zero. */
function measureRows<T>(): void {
  memory.fill(spare, 0, panelBytes);
  for (let p: usize = 0; p < panels; ++p) {
    for (let l: usize = 0; l < lanes<T>(); ++l) {
      store<T>(sums + l * sizeof<T>(), <T>(get(weights, p * lanes<T>() + l) ** 2));
    }
    const w0 = v128.load(sums);
    const w1 = v128.load(sums, 16);
    let x = panelAt(p);
    for (let to = spare, end = spare + panelBytes; to < end; to += ROW) {
      const a = v128.load(x);
      const b = v128.load(x, 16);
      v128.store(to, madd<T>(v128.mul<T>(a, a), w0, v128.load(to)));
      v128.store(to, madd<T>(v128.mul<T>(b, b), w1, v128.load(to, 16)), 16);
      x += ROW;
    }
  }
  room = 0;
  for (let t: usize = 0; t < rows; ++t) {
    let sum: f64 = 0;
    for (let l: usize = 0; l < lanes<T>(); ++l) sum += <f64>load<T>(at<T>(spare, t, l));
    if (sum < LEAST_SQUARE<T>() && !isZeroRow<T>(t)) sum = LEAST_SQUARE<T>();
    store<T>(rowNorms + t * sizeof<T>(), <T>sum);
    if (sum > 0) room++;
  }
}

function isZeroRow<T>(t: usize): bool {
  const zero = v128.splat<T>(<T>0);
  let row = frame + t * ROW;
  for (let p: usize = 0; p < panels; ++p) {
    const left = v128.ne<T>(v128.load(row), zero);
    if (v128.any_true(v128.or(left, v128.ne<T>(v128.load(row, 16), zero)))) return false;
    row += panelBytes;
  }
  return true;
}

function factorise<T>(from: usize, to: usize): void {
  if (to - from == 1) {
    factorisePanel<T>(from);
    return;
  }
  const middle = (from + to + 1) >>> 1;
  factorise<T>(from, middle);
  for (let p = middle; p < to; ++p) project<T>(from, middle, p, -1);
  beat();
  factorise<T>(middle, to);
}

/** Takes the vectors of the panels [from, to) out of the columns of panel `target`, or out of the one in `lane`. */
function project<T>(from: usize, to: usize, target: usize, lane: i32): void {
  const panel = panelAt(target);
  let c = coefficients;
  for (let p = from; p < to; ++p) {
    inner<T>(panelAt(p), panel, rows, c);
    c += lanes<T>() * ROW;
  }
  if (lane >= 0) keepLane<T>(c, lane);
  negate<T>(c, variances + from * lanes<T>() * 8, inherited + target * lanes<T>() * 8);
  addOuter<T>(panel, panelAt(from), panelBytes, to - from, coefficients, rows);
}

function keepLane<T>(end: usize, lane: i32): void {
  for (let c = coefficients; c < end; c += ROW) {
    for (let l: i32 = 0; l < <i32>lanes<T>(); ++l) if (l != lane) store<T>(c + l * sizeof<T>(), <T>0);
  }
}

/** Changes the sign of the coefficients R_ij, after adding R_ij² variance_i to what each column inherits. */
function negate<T>(end: usize, variance: usize, into: usize): void {
  if (sizeof<T>() == 4) {
    let s0 = v128.load(into), s1 = v128.load(into, 16), s2 = v128.load(into, 32), s3 = v128.load(into, 48);
    for (let c = coefficients; c < end; c += ROW) {
      const x = v128.load(c);
      const y = v128.load(c, 16);
      const v = v128.load64_splat(variance);
      const x0 = f64x2.promote_low_f32x4(x), x1 = f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1));
      const y0 = f64x2.promote_low_f32x4(y), y1 = f64x2.promote_low_f32x4(v128.shuffle<i64>(y, y, 1, 1));
      s0 = madd<f64>(f64x2.mul(x0, x0), v, s0);
      s1 = madd<f64>(f64x2.mul(x1, x1), v, s1);
      s2 = madd<f64>(f64x2.mul(y0, y0), v, s2);
      s3 = madd<f64>(f64x2.mul(y1, y1), v, s3);
      v128.store(c, f32x4.neg(x));
      v128.store(c, f32x4.neg(y), 16);
      variance += 8;
    }
    v128.store(into, s0);
    v128.store(into, s1, 16);
    v128.store(into, s2, 32);
    v128.store(into, s3, 48);
  } else {
    let s0 = v128.load(into), s1 = v128.load(into, 16);
    for (let c = coefficients; c < end; c += ROW) {
      const x = v128.load(c);
      const y = v128.load(c, 16);
      const v = v128.load64_splat(variance);
      s0 = madd<f64>(f64x2.mul(x, x), v, s0);
      s1 = madd<f64>(f64x2.mul(y, y), v, s1);
      v128.store(c, f64x2.neg(x));
      v128.store(c, f64x2.neg(y), 16);
      variance += 8;
    }
    v128.store(into, s0);
    v128.store(into, s1, 16);
  }
}

/** Makes the columns of one panel orthonormal, which the panels before it have been taken out of. */
function factorisePanel<T>(p: usize): void {
  const panel = panelAt(p);
  const first = p * lanes<T>();
  if (room > 0) repeatPanel<T>(p);
  for (let l: usize = 0; l < lanes<T>(); ++l) {
    const j = first + l;
    if (j >= count) break;
    if (room <= 0) {
      // Those before span all rows that are not zero.
      loseLane<T>(panel, l, j);
      continue;
    }
    innerProducts<T>(panel, l);
    let residual = Math.sqrt(<f64>load<T>(sums + l * sizeof<T>()));
    if (get(norms, l) > 0 && residual < REPEAT_BELOW * get(norms, l)) residual = repeatLane<T>(p, l, residual);
    let scale = 1 / residual;
    if (residual == 0) {
      if (get(originals, j) == 0 || single) {
        loseLane<T>(panel, l, j);
        continue;
      }
      freshDirection<T>(p, l);
      residual = rounding * get(originals, j);
      scale = 1;
      innerProducts<T>(panel, l);
    }
    room--;
    const size = get(weights, j) * residual;
    const amplification = 1 + get(weights, j) * get(weights, j) * get(inherited, j);
    set(growth, j, get(growth, j) + Math.log(residual));
    set(variances, j, amplification / (size * size));
    removeLane<T>(panel, l, scale, inherited + first * 8, get(variances, j));
  }
  compareWithRounding<T>(panel, first);
}

/** Projects a whole panel again, while a column of it loses most of its length to that. */
function repeatPanel<T>(p: usize): void {
  const panel = panelAt(p);
  columnNorms<T>(panel, norms);
  memory.copy(previous, originals + p * lanes<T>() * 8, lanes<T>() * 8);
  while (p > 0) {
    let again = false;
    for (let l: usize = 0; l < lanes<T>(); ++l) {
      const lost = get(norms, l) < REPEAT_BELOW * get(previous, l);
      if (lost && get(norms, l) < SHORT<T>()) set(norms, l, lengthen<T>(p, l));
      if (lost && get(norms, l) > 0) again = true;
    }
    if (!again) return;
    memory.copy(previous, norms, lanes<T>() * 8);
    project<T>(0, p, p, -1);
    columnNorms<T>(panel, norms);
  }
}

/** The same for one column that its neighbours have been taken out of: what is left of it. */
function repeatLane<T>(p: usize, l: usize, residual: f64): f64 {
  const panel = panelAt(p);
  let before = get(norms, l);
  while (residual < REPEAT_BELOW * before) {
    if (residual < SHORT<T>()) residual = lengthen<T>(p, l);
    if (residual == 0) return 0;
    before = residual;
    takeOutNeighbours<T>(p, l);
    innerProducts<T>(panel, l);
    residual = Math.sqrt(<f64>load<T>(sums + l * sizeof<T>()));
  }
  return residual;
}

/** Scales what is left of column l to about 1, and everything that is measured by it: its norm then, 0 if nothing is left. */
function lengthen<T>(p: usize, l: usize): f64 {
  const panel = panelAt(p);
  const j = p * lanes<T>() + l;
  const scale = largest<T>(panel, l);
  if (scale == 0 || scale < ZERO_BELOW<T>() * get(originals, j)) {
    clearLane<T>(panel, l);
    return 0;
  }
  const square = divideLane<T>(panel, l, scale);
  set(growth, j, get(growth, j) + Math.log(scale));
  set(originals, j, get(originals, j) / scale);
  set(weights, j, get(weights, j) * scale);
  set(inherited, j, get(inherited, j) / (scale * scale));
  return Math.sqrt(square);
}

/** Divides a column, and gives the square of its norm. */
function divideLane<T>(panel: usize, l: usize, scale: f64): f64 {
  let sum: f64 = 0;
  for (let t: usize = 0; t < rows; ++t) {
    const place = at<T>(panel, t, l);
    const x = <f64>load<T>(place) / scale;
    store<T>(place, <T>x);
    sum += x * x;
  }
  return sum;
}

/** Takes everything before it out of column l: the panels before, and the columns before in its own. */
function takeOutNeighbours<T>(p: usize, l: usize): void {
  const panel = panelAt(p);
  if (p > 0) project<T>(0, p, p, <i32>l);
  innerProducts<T>(panel, l);
  for (let t: usize = 0; t < rows; ++t) {
    let x = load<T>(at<T>(panel, t, l));
    for (let i: usize = 0; i < l; ++i) x -= load<T>(sums + i * sizeof<T>()) * load<T>(at<T>(panel, t, i));
    store<T>(at<T>(panel, t, l), x);
  }
}

/** The products of column l with every column of its panel, into `sums`. */
function innerProducts<T>(panel: usize, l: usize): void {
  let s0 = v128.splat<T>(<T>0), s1 = s0, s2 = s0, s3 = s0;
  let x = panel + l * sizeof<T>();
  for (const end = panel + panelBytes; panel < end; panel += 2 * ROW) {
    const a = v128.load_splat<T>(x);
    s0 = madd<T>(a, v128.load(panel), s0);
    s1 = madd<T>(a, v128.load(panel, 16), s1);
    const b = v128.load_splat<T>(x, 32);
    s2 = madd<T>(b, v128.load(panel, 32), s2);
    s3 = madd<T>(b, v128.load(panel, 48), s3);
    x += 2 * ROW;
  }
  v128.store(sums, v128.add<T>(s0, s2));
  v128.store(sums, v128.add<T>(s1, s3), 16);
}

/** Takes column l out of those after it, given their products with it in `sums`, and scales it. */
function removeLane<T>(panel: usize, l: usize, scale: f64, into: usize, variance: f64): void {
  for (let i: usize = 0; i < lanes<T>(); ++i) {
    const place = sums + i * sizeof<T>();
    const product = <f64>load<T>(place) * scale;
    if (i > l) set(into, i, get(into, i) + product * product * variance);
    store<T>(place, <T>(i > l ? -product * scale : 0));
    store<T>(coefficients + i * sizeof<T>(), <T>(i == l ? scale : 1));
  }
  const m0 = v128.load(sums), m1 = v128.load(sums, 16);
  const s0 = v128.load(coefficients), s1 = v128.load(coefficients, 16);
  for (const end = panel + panelBytes; panel < end; panel += ROW) {
    const x = v128.load_splat<T>(panel + l * sizeof<T>());
    v128.store(panel, madd<T>(x, m0, v128.mul<T>(v128.load(panel), s0)));
    v128.store(panel, madd<T>(x, m1, v128.mul<T>(v128.load(panel, 16), s1)), 16);
  }
}

function clearLane<T>(panel: usize, l: usize): void {
  for (let t: usize = 0; t < rows; ++t) store<T>(at<T>(panel, t, l), <T>0);
  set(norms, l, 0);
}

/** A vector in the span of those before it. */
function loseLane<T>(panel: usize, l: usize, j: usize): void {
  clearLane<T>(panel, l);
  set(growth, j, -Infinity);
  set(variances, j, 0);
}

/** Column l becomes a unit vector orthogonal to those before it, from the axis that they cover least. */
function freshDirection<T>(p: usize, l: usize): void {
  const panel = panelAt(p);
  let axis: usize = 0;
  let least: f64 = Infinity;
  for (let t: usize = 0; t < rows; ++t) {
    if (load<T>(rowNorms + t * sizeof<T>()) == 0) continue;
    let covered: f64 = 0;
    for (let j: usize = 0; j < p * lanes<T>() + l; ++j) {
      const x = <f64>load<T>(at<T>(panelAt(j / lanes<T>()), t, j % lanes<T>()));
      covered += x * x;
    }
    if (covered < least) {
      least = covered;
      axis = t;
    }
  }
  // What it inherits is that of the vector it replaces.
  const kept = get(inherited, p * lanes<T>() + l);
  clearLane<T>(panel, l);
  store<T>(at<T>(panel, axis, l), <T>1);
  for (let pass = 0; pass < 2; ++pass) {
    takeOutNeighbours<T>(p, l);
    innerProducts<T>(panel, l);
    const norm = Math.sqrt(<f64>load<T>(sums + l * sizeof<T>()));
    for (let t: usize = 0; t < rows; ++t) {
      const place = at<T>(panel, t, l);
      store<T>(place, <T>(<f64>load<T>(place) / norm));
    }
  }
  set(inherited, p * lanes<T>() + l, kept);
}

/** Marks the vectors whose R_jj is no larger than its own rounding error. */
function compareWithRounding<T>(panel: usize, first: usize): void {
  let s0 = v128.splat<T>(<T>0), s1 = s0;
  for (let r = rowNorms, x = panel; x < panel + panelBytes; r += sizeof<T>()) {
    const weight = v128.load_splat<T>(r);
    const a = v128.load(x), b = v128.load(x, 16);
    s0 = madd<T>(v128.mul<T>(a, a), weight, s0);
    s1 = madd<T>(v128.mul<T>(b, b), weight, s1);
    x += ROW;
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  for (let l: usize = 0; l < lanes<T>() && first + l < count; ++l) {
    const j = first + l;
    const along = <f64>load<T>(sums + l * sizeof<T>());
    const lost = get(growth, j) == -Infinity || !(rounding * rounding * get(variances, j) * along < 1);
    store<u8>(unresolved + j, <u8>lost);
  }
}
