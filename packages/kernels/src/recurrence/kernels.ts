import type { RecurrenceKernels } from '../contract.js';
import { theMachine } from '../machine.js';
import { runBackward } from './backward.js';
import { runForward } from './forward.js';
import { hasPlan } from './plan.js';

/** Recurrences in WebAssembly. */
export const webAssemblyRecurrence: RecurrenceKernels = {
  // A step of size 0 has no stages.
  supports: ({ attributes }) =>
    hasPlan(attributes.family) &&
    (attributes.family === 'dynamical' ? attributes.b.length > 0 : !attributes.resetAfter),

  forward(problem, options) {
    const tape = runForward(theMachine()!, problem, options);
    return (
      tape && {
        bytes: tape.block.bytes,
        backward: (again, cotangents, asked) => runBackward(tape, again, cotangents, asked),
        release: () => tape.block.release(tape.machine.heap),
      }
    );
  },
};
