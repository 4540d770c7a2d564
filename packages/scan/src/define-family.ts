import { listed, optionsInput } from '@hurwitz/input';
import { RecurrenceError } from './errors.js';
import type { FamilyDefinition, RecurrentFamily } from './family.js';

const WHERE = 'defineFamily';

const MEMBERS = {
  name: true,
  states: true,
  blocks: true,
  recurrent: true,
  tensors: true,
  options: true,
  attributes: true,
  prepare: true,
  tangent: true,
  propagate: true,
  describe: true,
} as const;

/** Options that a specification of every family may have. */
const SHARED = ['family', 'kernel', 'initialState', 'mask', 'goBackwards', 'returnSequences'];

const { checkOptions } = optionsInput(RecurrenceError);

const defined = new WeakSet<object>();

/** Whether {@link defineFamily} made it. */
export const isFamily = (value: unknown): value is RecurrentFamily =>
  typeof value === 'object' && value !== null && defined.has(value);

/**
 * Makes a recurrent family that `recurrence` runs: pass it as `family` of a specification.
 *
 * It runs as plain tfjs operations, differentiable in the inputs, every tensor and the initial states. With `tangent`,
 * `tangentSystem` of @hurwitz/cells takes its layers too.
 *
 * @throws {@link RecurrenceError} for a definition that lacks a part, or has an unknown one.
 */
export function defineFamily<Options extends object, Attributes extends object>(
  definition: FamilyDefinition<Options, Attributes>,
): RecurrentFamily<Options, Attributes> {
  checkOptions(WHERE, definition, MEMBERS);
  const { name, states, blocks, tensors, options } = definition;
  const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;
  check(typeof name === 'string' && name !== '', 'a name', name);
  const widths = typeof states === 'object' && states !== null ? Object.values(states) : [];
  check(widths.length > 0 && widths.every(isCount), 'states by name with their widths in units', states);
  check(isCount(blocks), 'blocks, a positive integer', blocks);
  check(typeof tensors === 'object' && tensors !== null, 'tensors by name', tensors);
  check(Array.isArray(options), 'options, a list of names', options);
  for (const part of ['attributes', 'prepare'] as const) {
    check(typeof definition[part] === 'function', `a function ${part}`, definition[part]);
  }
  const family: RecurrentFamily<Options, Attributes> = Object.freeze({
    ...definition,
    initial: Object.entries(states).map(([state, width], i) => ({
      name: `initial${state[0]!.toUpperCase()}${state.slice(1)}`,
      called: i === 0 ? 'initialState' : `initialState[${i}]`,
      width,
    })),
    named: Object.entries(tensors),
    known: listed([...SHARED, ...Object.keys(tensors).filter((tensor) => !tensors[tensor]!.of), ...options]),
  });
  defined.add(family);
  return family;
}

function check(holds: boolean, expected: string, got: unknown): void {
  if (holds) return;
  throw new RecurrenceError(WHERE, expected, JSON.stringify(got) ?? String(got), 'See FamilyDefinition.');
}
