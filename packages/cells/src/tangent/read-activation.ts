import { checkName } from '../options.js';

/** The name of an activation of tf.layers. @throws CellError when it is not among those whose derivative is known. */
export function activationOf<T extends string>(
  activation: { getClassName(): string },
  { where, called, known }: { where: string; called: string; known: readonly T[] },
): T {
  const found = activation.getClassName();
  checkName(where, called, found, known);
  return found;
}
