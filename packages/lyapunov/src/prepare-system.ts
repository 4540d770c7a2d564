import { LyapunovError } from './errors.js';
import { flowTangents } from './flow-tangents.js';
import { jacobianOf, mapTangents } from './map-tangents.js';
import { assertInteger, describe } from './numeric-input.js';
import { readNetwork } from './read-network.js';
import type {
  FlowOptions,
  FlowSystem,
  InPlaceSystem,
  LyapunovSystem,
  MapSystem,
  SystemShape,
  TangentMap,
} from './system.js';

/**
 * Finds out what kind of system it was given and makes it ready. `stateLength` is the length of the initial state in
 * the options, for systems that do not tell their own dimension.
 */
export function prepareSystem(
  system: LyapunovSystem,
  stateLength: number | undefined,
  options: FlowOptions,
  where: string,
): TangentMap {
  const given: SystemShape & { advance?: InPlaceSystem['advance'] } = system ?? {};
  const has = (name: string) => typeof (given as Record<string, unknown>)[name] === 'function';
  const differentiable = has('jacobian') || has('jvp');
  if (!has('advance') && !((has('step') || has('field')) && differentiable)) {
    const methods = Object.keys(given).filter(has);
    throw new LyapunovError(
      where,
      'a system with step or field, and jacobian or jvp',
      typeof system === 'object' && system ? `methods [${methods}]` : describe(system),
      'A map is { step(state, input), jacobian(state, input) }; a flow is { field(t, state), jacobian(t, state) }.',
    );
  }
  const stateSize = given.dimension ?? given.initialState?.length ?? stateLength;
  if (stateSize === undefined) {
    throw new LyapunovError(
      where,
      'the dimension of the state',
      'neither system.dimension nor initialState',
      'Give one of the two.',
    );
  }
  assertInteger(stateSize, 'dimension', 1, where);
  if (stateLength !== undefined && stateLength !== stateSize) {
    throw new LyapunovError(
      where,
      `initialState with ${stateSize} numbers, the dimension of the system`,
      `${stateLength}`,
      'Make the two agree.',
    );
  }
  const tangentSize = given.tangentDimension ?? stateSize;
  assertInteger(tangentSize, 'tangentDimension', 1, where);
  const initialState = Float64Array.from(given.initialState ?? new Float64Array(stateSize));
  const network = given.network && readNetwork(given.network, { stateSize, tangentSize }, where);
  const shape = { stateSize, tangentSize, initialState, network };

  if (!has('advance') && has('field')) {
    if (tangentSize !== stateSize) {
      throw new LyapunovError(
        where,
        'a flow with tangents as long as its state',
        `tangentDimension ${tangentSize}`,
        'Leave tangentDimension out.',
      );
    }
    const advance = flowTangents(system as FlowSystem, stateSize, options, where);
    return { ...shape, timeStep: options.dt!, advance };
  }
  if (options.dt !== undefined || options.scheme !== undefined) {
    throw new LyapunovError(
      where,
      'dt and scheme only with a flow',
      'a map with dt or scheme',
      'Leave them out (exponents are then per step), or give the system as { field, jacobian }.',
    );
  }
  const advance = has('advance')
    ? given.advance!.bind(given)
    : mapTangents(system as MapSystem, stateSize, tangentSize, where);
  const jacobian = has('jacobian') ? jacobianOf(system as MapSystem, tangentSize, where) : undefined;
  return { ...shape, timeStep: 1, advance, jacobian };
}
