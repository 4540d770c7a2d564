import { InputError } from '@hurwitz/input';

/** Bad input to the recurrence: says who noticed, what was expected, what came and what to do. */
export class RecurrenceError extends InputError {
  override readonly name = 'RecurrenceError';
}
