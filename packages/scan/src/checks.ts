import { described as inWords } from '@hurwitz/input';
import { Tensor } from '@tensorflow/tfjs-core';
import { RecurrenceError } from './errors.js';

export function refuse(expected: string, got: unknown, fix: string): never {
  throw new RecurrenceError('recurrence', expected, described(got), fix);
}

/** What came, in a few words; text in quotes. */
export function described(value: unknown): string {
  if (value instanceof Tensor) {
    return `${value.isDisposed ? 'a disposed tensor, ' : ''}${value.dtype} of shape [${value.shape}]`;
  }
  return inWords(value);
}

/** Throws unless `value` is a tensor that still has its data. */
export function checkTensor(name: string, value: unknown): asserts value is Tensor {
  if (!(value instanceof Tensor) || value.isDisposed) {
    refuse(`a tensor ${name}`, value, 'Pass a tensor of TensorFlow.js that has not been disposed of.');
  }
}

/** Throws unless an option that switches something is true or false, or left out. */
export function checkFlag(name: string, value: unknown): void {
  if (value != null && typeof value !== 'boolean') {
    refuse(`${name}, true or false`, value, 'Leave it out for the default.');
  }
}
