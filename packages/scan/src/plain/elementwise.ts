import {
  add,
  customGrad,
  engine,
  type GradSaveFunc,
  mul,
  type Scalar,
  sub,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';

/*
 * Arithmetic on tensors of one shape. tfjs's own operations broadcast, so each of their gradients reshapes its result, and
 * numbers among their arguments become tensors at every call. On a GPU the first is one more call per operation, and the
 * second a copy that the host waits for.
 */

type Pairwise = (a: Tensor2D, b: Tensor2D) => Tensor2D;

/** a + b */
export const plus: Pairwise = customGrad((a, b) => ({
  value: add(a as Tensor, b as Tensor),
  gradFunc: (dy) => [dy.clone(), dy.clone()],
})) as Pairwise;

/** a ∘ b */
export const times: Pairwise = customGrad((a, b, save) => {
  (save as GradSaveFunc)([a as Tensor, b as Tensor]);
  return {
    value: mul(a as Tensor, b as Tensor),
    gradFunc: (dy, [left, right]) => [mul(dy, right!), mul(dy, left!)],
  };
}) as Pairwise;

/** z ∘ h + (1 − z) ∘ candidate, by one product. */
export function blend({
  z,
  h,
  candidate,
  one,
}: Record<'z' | 'h' | 'candidate', Tensor2D> & { one: Scalar }): Tensor2D {
  // A saved difference costs nothing, but only the saved arguments are connected for a second derivative.
  const again = engine().state.gradientDepth > 1;
  const blended = customGrad((gate, from, to, save) => {
    const gap = sub(from as Tensor, to as Tensor);
    (save as GradSaveFunc)([gate as Tensor, one, ...(again ? [from as Tensor, to as Tensor] : [gap])]);
    return {
      value: add(to as Tensor, mul(gate as Tensor, gap)),
      gradFunc: (dy, [saved, unit, first, second]) => [
        mul(dy, second ? sub(first!, second) : first!),
        mul(dy, saved!),
        mul(dy, sub(unit!, saved!)),
      ],
    };
  });
  return blended(z, h, candidate) as Tensor2D;
}

/** factor · a, where nothing is differentiated in the factor. */
export function scaled(a: Tensor2D, factor: Scalar): Tensor2D {
  const product = customGrad((x, save) => {
    (save as GradSaveFunc)([factor]);
    return { value: mul(x as Tensor, factor), gradFunc: (dy, [saved]) => mul(dy, saved!) };
  });
  return product(a) as Tensor2D;
}
