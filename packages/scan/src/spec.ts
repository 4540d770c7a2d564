import type { Tensor } from '@tensorflow/tfjs-core';
import type { DynamicalSpec } from './families/dynamical/options.js';
import type { GRUSpec } from './families/gru/options.js';
import type { LSTMSpec } from './families/lstm/options.js';
import type { AnyFamily, RecurrentFamily } from './family.js';
import type { SharedSpec } from './shared-spec.js';

/** A recurrence of one of this package's own families. */
export type RecurrenceSpec = DynamicalSpec | LSTMSpec | GRUSpec;

/** A recurrence of a family that `defineFamily` made: its tensors and options beside the shared ones. */
export type FamilySpec<Options extends object = Record<string, unknown>> = SharedSpec &
  Options & {
    family: RecurrentFamily<Options>;
    /** One tensor [batch, width of the state], or a list of them for a family of several states; zeros when absent. */
    initialState?: Tensor | readonly Tensor[];
  };

/** A recurrence of any family. */
export type AnyRecurrenceSpec =
  | RecurrenceSpec
  | (SharedSpec & { family: AnyFamily; initialState?: Tensor | readonly Tensor[] });
