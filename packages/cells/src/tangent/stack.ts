import { described } from '@hurwitz/input';
import { identity, type Rows, toArrays, transposed } from '@hurwitz/network';
import { CellError } from '../errors.js';
import { describeChain } from './describe-chain.js';
import type { Link, RecurrentMap, RecurrentPoint, StepPoint, TangentSystem } from './system.js';

const WHERE = 'tangentSystem';

/** Where a recurrent link finds its part of the state and of the tangents. */
interface Place {
  map: RecurrentMap;
  state: [from: number, to: number];
  tangent: [from: number, to: number];
}

type Point = { link: RecurrentPoint; place: Place } | { link: StepPoint; place?: undefined };

/**
 * A chain of layers as one map: its state is the recurrent layers' states one after the other, from the input on. What a
 * layer hands on at a step is its new output, so the Jacobian is block lower triangular.
 */
export function stackSystem(links: readonly Link[]): TangentSystem {
  const places = placed(links);
  const [stateSize, tangentSize] = [places.at(-1)!.state[1], places.at(-1)!.tangent[1]];
  const reader = links.find((link) => link.inputSize !== undefined) as Link;
  const inputSize = reader.inputSize as number;
  const { vocabularySize } = reader;
  const inputFix =
    vocabularySize === undefined ? 'Give one input at each step.' : 'Give [token], not a one-hot vector.';
  const network = describeChain(links);
  let last: { state: Float64Array; input: Float64Array; points: Point[] } | undefined;

  /** Every layer on one step; what was worked out for `step` serves `jvp` at the same place. */
  const pointsAt = (state: ArrayLike<number>, input: ArrayLike<number>): Point[] => {
    checkLength('a state', state, { size: stateSize, fix: 'The state of an LSTM is [h, c].' });
    checkLength('an input', input, { size: inputSize, fix: inputFix });
    if (!last || !same(last.state, state) || !same(last.input, input)) {
      const place = { state: Float64Array.from(state), input: Float64Array.from(input) };
      last = { ...place, points: run(links, { places, ...place }) };
    }
    return last.points;
  };

  return {
    dimension: stateSize,
    tangentDimension: tangentSize,
    stateSize,
    inputSize,
    ...(vocabularySize !== undefined && { vocabularySize }),
    ...(network && { network }),
    step: (state, input) => {
      const next = new Float64Array(stateSize);
      for (const { link, place } of pointsAt(state, input)) {
        if (place) next.set(link.next, place.state[0]);
      }
      return next;
    },
    ...(places.every(({ map }) => map.closedDeterminant) && {
      logDeterminant: (state: ArrayLike<number>, input: ArrayLike<number>) =>
        pointsAt(state, input).reduce(
          (log, { link, place }) => (place ? log + link.logDeterminant!() : log),
          0,
        ),
    }),
    jacobian: (state, input) => {
      const points = pointsAt(state, input);
      const only = places.length === 1 ? points.find(({ place }) => place) : undefined;
      if (only?.place) return toArrays(only.link.jacobian());
      return toArrays(pushed(points, identity(tangentSize)));
    },
    jvp: (state, input, tangents) => {
      if (typeof tangents !== 'object' || typeof tangents?.length !== 'number') {
        const fix = 'Pass [count][tangentDimension].';
        throw new CellError(WHERE, 'a list of tangents', described(tangents), fix);
      }
      for (const tangent of Array.from(tangents)) {
        checkLength('a tangent', tangent, { size: tangentSize, fix: 'Its length is tangentDimension.' });
      }
      return tangents.length === 0 ? [] : transposed(pushed(pointsAt(state, input), transposed(tangents)));
    },
  };
}

function run(
  links: readonly Link[],
  { places, state, input }: { places: readonly Place[]; state: Float64Array; input: Float64Array },
): Point[] {
  let value = input;
  let next = 0;
  return links.map((map): Point => {
    if (map.kind === 'step') {
      const link = map.at(value);
      value = link.value;
      return { link };
    }
    const place = places[next++]!;
    const link = map.at(state.subarray(...place.state), value);
    value = link.next.subarray(0, map.units);
    return { link, place };
  });
}

/** Whether the numbers are the same; NaN is like nothing. */
function same(known: Float64Array, other: ArrayLike<number>): boolean {
  for (let i = 0; i < known.length; i++) if (known[i] !== other[i]) return false;
  return true;
}

function placed(links: readonly Link[]): Place[] {
  let [state, tangent] = [0, 0];
  return links
    .filter((link) => link.kind === 'recurrent')
    .map((map) => {
      const place: Place = {
        map,
        state: [state, state + map.stateSize],
        tangent: [tangent, tangent + map.tangentSize],
      };
      state += map.stateSize;
      tangent += map.tangentSize;
      return place;
    });
}

/** The tangents after the step, from the input on; before the first recurrent layer there are none. */
function pushed(points: readonly Point[], V: Rows): Rows {
  const out: Rows = [];
  let u: Rows | undefined;
  for (const { link, place } of points) {
    if (!place) {
      u = u && link.push(u);
      continue;
    }
    const rows = link.push(V.slice(...place.tangent), u);
    out.push(...rows);
    u = rows.slice(0, place.map.units);
  }
  return out;
}

function checkLength(
  name: string,
  value: ArrayLike<number> | undefined,
  { size, fix }: { size: number; fix: string },
): void {
  if (value?.length === size) return;
  throw new CellError(WHERE, `${name} of ${size} numbers`, String(value?.length), fix);
}
