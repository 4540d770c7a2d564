import { described } from '@hurwitz/input';
import { generator } from '@hurwitz/random';
import { StabilityError } from './errors.js';
import { checkNumber } from './matrix.js';
import { checkOptions } from './options.js';
import type { TransitionMap } from './transition-maps.js';

/** The worst pair of states found. */
export interface ViolationSearch {
  /** Largest ‖φ(h, x) - φ(h', x)‖ / ‖h - h'‖ found; a lower bound on the true contraction factor. */
  readonly worstRatio: number;
  /** The pair and the input that gave it. */
  readonly state: number[];
  readonly otherState: number[];
  readonly input: number[];
  /** Ratios above `factor` beyond rounding disprove it. */
  readonly violated: boolean;
}

/**
 * Tries to disprove a contraction factor: hill climbing, from random restarts, on the ratio of distances after and before
 * one step, over pairs of states in the map's box and inputs with entries up to `inputBound`. Finding nothing proves nothing.
 *
 * @param map the model, from `vanillaMap`, `lstmMap` or one's own.
 * @param options.factor the claim; in the norm `norm`.
 * @throws StabilityError when an option is out of range.
 */
export function searchViolation(
  map: TransitionMap,
  options: {
    factor: number;
    norm: '2' | 'infinity';
    inputBound: number;
    restarts?: number;
    climbs?: number;
    seed?: number;
  },
): ViolationSearch {
  const where = 'searchViolation';
  checkMap(where, map);
  checkOptions<object>(where, options, {
    ...reportParts,
    factor: true,
    norm: true,
    inputBound: true,
    restarts: true,
    climbs: true,
    seed: true,
  });
  const { factor, norm, inputBound, restarts = 20, climbs = 400, seed = 1 } = options;
  if (norm !== '2' && norm !== 'infinity') {
    throw new StabilityError(
      where,
      "norm to be '2' or 'infinity'",
      described(norm),
      'Pass the norm of the claim.',
    );
  }
  checkNumber(where, 'seed', seed);
  checkNumber(where, 'factor', factor, { least: 0 });
  checkNumber(where, 'inputBound', inputBound, { least: 0 });
  checkNumber(where, 'restarts', restarts, { least: 1, integer: true });
  checkNumber(where, 'climbs', climbs, { least: 0, integer: true });
  const size = norm === '2' ? euclidean : largest;
  const normal = generator(seed).normal;
  const draw = () => candidate(map, { normal, inputBound });
  const ratio = ({ state, direction, input }: Candidate) => {
    const other = within(
      map,
      state.map((x, i) => x + direction[i]!),
    );
    const before = size(other.map((x, i) => x - state[i]!));
    if (!(before > 1e-9)) return 0; // closer pairs measure rounding
    // Copies all round: a map of one's own may reuse, change or keep its arrays.
    const step = (from: Float64Array) => Float64Array.from(map.step(from.slice(), input.slice()));
    const after = step(state);
    return size(step(other).map((x, i) => x - after[i]!)) / before;
  };
  let best = { pair: draw(), ratio: 0 };
  for (let restart = 0; restart < restarts; restart++) {
    let pair = draw();
    let value = ratio(pair);
    let width = 0.5;
    for (let climb = 0; climb < climbs; climb++) {
      const trial = perturbed(map, pair, { normal, width, inputBound });
      const trialValue = ratio(trial);
      width = Math.min(1, Math.max(1e-4, width * (trialValue > value ? 1.5 : 0.95)));
      if (trialValue > value) [pair, value] = [trial, trialValue];
    }
    if (value > best.ratio) best = { pair, ratio: value };
  }
  const { state, direction, input } = best.pair;
  return {
    worstRatio: best.ratio,
    state: Array.from(state),
    otherState: Array.from(
      within(
        map,
        state.map((x, i) => x + direction[i]!),
      ),
    ),
    input: Array.from(input),
    violated: best.ratio > factor * (1 + 1e-6),
  };
}

/** The other parts of a contraction factor, so that `{ ...report, inputBound }` is a claim to be disproved. */
const reportParts = {
  stable: true,
  margin: true,
  forgetBound: true,
  rowNorms: true,
  inequalities: true,
  conditionsHold: true,
} as const;

function checkMap(where: string, map: TransitionMap): void {
  const { step, inputSize, stateBounds } = map ?? {};
  if (typeof step === 'function' && Array.isArray(stateBounds) && Number.isInteger(inputSize)) return;
  const fix = 'Take vanillaMap(...) or lstmMap(...), or pass the same members.';
  throw new StabilityError(where, 'a map with step, inputSize and stateBounds', described(map), fix);
}

interface Candidate {
  readonly state: Float64Array;
  /** From the state to its partner. */
  readonly direction: Float64Array;
  readonly input: Float64Array;
}

const scaleOf = (bound: number): number => (Number.isFinite(bound) ? bound : 3);

function candidate(
  map: TransitionMap,
  { normal, inputBound }: { normal: () => number; inputBound: number },
): Candidate {
  const spread = 10 ** (-1 - 1.5 * Math.abs(normal())); // distant and nearby pairs alike
  return {
    state: within(
      map,
      Float64Array.from(map.stateBounds, (bound) => 0.5 * scaleOf(bound) * normal()),
    ),
    direction: Float64Array.from(map.stateBounds, (bound) => spread * scaleOf(bound) * normal()),
    input: clamp(
      Float64Array.from({ length: map.inputSize }, () => inputBound * normal()),
      () => inputBound,
    ),
  };
}

function perturbed(
  map: TransitionMap,
  { state, direction, input }: Candidate,
  { normal, width, inputBound }: { normal: () => number; width: number; inputBound: number },
): Candidate {
  const length = largest(direction);
  return {
    state: within(
      map,
      state.map((x, i) => x + width * scaleOf(map.stateBounds[i]!) * normal()),
    ),
    direction: direction.map((x) => x + width * length * normal()),
    input: clamp(
      input.map((x) => x + width * inputBound * normal()),
      () => inputBound,
    ),
  };
}

const within = (map: TransitionMap, state: Float64Array): Float64Array =>
  clamp(state, (i) => map.stateBounds[i]!);

const clamp = (v: Float64Array, bound: (i: number) => number): Float64Array =>
  v.map((x, i) => Math.max(-bound(i), Math.min(bound(i), x)));

const euclidean = (v: Float64Array): number => Math.hypot(...v);

const largest = (v: Float64Array): number => v.reduce((top, x) => Math.max(top, Math.abs(x)), 0);
