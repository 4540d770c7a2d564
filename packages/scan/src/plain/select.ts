import {
  customGrad,
  type GradSaveFunc,
  logicalNot,
  type Tensor,
  type Tensor2D,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';

/*
 * Choices whose gradients are choices too. Those of tfjs's `where` multiply by 0, which makes NaN of what is not finite and so
 * lets through what was not chosen. The condition is boolean, of the values' shape or one that broadcasts to it.
 */

/** The value where the condition holds, 0 elsewhere; its cotangent likewise. */
export function keepWhere<T extends Tensor>(condition: Tensor, value: T): T {
  const kept = customGrad((x, save) => {
    (save as GradSaveFunc)([condition]);
    return {
      value: where(condition, x as Tensor, zerosLike(x as Tensor)),
      gradFunc: (dy, [saved]) => keepWhere(saved!, dy),
    };
  });
  return kept(value) as T;
}

/** `yes` where the condition holds, `no` elsewhere. */
export function select<T extends Tensor>(condition: Tensor, yes: T, no: T): T {
  const selected = customGrad((a, b, save) => {
    (save as GradSaveFunc)([condition]);
    return {
      value: where(condition, a as Tensor, b as Tensor),
      gradFunc: (dy, [saved]) => [keepWhere(saved!, dy), keepWhere(logicalNot(saved!), dy)],
    };
  });
  return selected(yes, no) as T;
}

/** Keeps what lies in masked rows out of a step, forward and backward. */
export type Guard = <T extends Tensor2D>(rows: T) => T;
