import {
  apply,
  diagonalSum,
  identity,
  product,
  type Rows,
  rowsOf,
  scalarFunctions,
  sum,
} from '@hurwitz/network';
import type { FamilyWeights, HostTensor, TangentMap } from '@hurwitz/scan';
import type { ResetAfterAttributes } from './options.js';

/** The map h⁺ = z∘h + (1 - z)∘act(d_h + r∘(R_h h + c_h)) of the drive d, and its tangent by the chain rule. */
export function resetAfterTangent({
  attributes: { units: n, activation, recurrentActivation },
  tensors: { kernel, recurrentKernel, bias },
}: FamilyWeights<ResetAfterAttributes, HostTensor>): TangentMap {
  const act = scalarFunctions[activation];
  const gate = scalarFunctions[recurrentActivation];
  const R = rowsOf(recurrentKernel!.values, recurrentKernel!.shape, true);
  const biases = Float64Array.from(bias?.values ?? new Float64Array(6 * n));
  const recurrentBias = biases.subarray(3 * n);
  return {
    drive: {
      kernel: rowsOf(kernel!.values, kernel!.shape, true),
      bias: biases.subarray(0, 3 * n),
    },
    at: (h, drive) => {
      const recurrent = apply(R, h).map((v, i) => v + recurrentBias[i]!);
      const argument = (block: number) => h.map((_, i) => drive[block * n + i]! + recurrent[block * n + i]!);
      const [zArgument, rArgument] = [argument(0), argument(1)];
      const [z, r] = [zArgument, rArgument].map((v) => v.map((a) => gate.value(a))) as [typeof h, typeof h];
      const gArgument = r.map((ri, i) => drive[2 * n + i]! + ri * recurrent[2 * n + i]!);
      const g = gArgument.map((a) => act.value(a));

      const byUpdate = zArgument.map((a, i) => gate.derivative(a) * (h[i]! - g[i]!));
      const byReset = rArgument.map((a, i) => gate.derivative(a) * recurrent[2 * n + i]!);
      const byCandidate = gArgument.map((a, i) => (1 - z[i]!) * act.derivative(a));
      const push = (V?: Rows, u?: Rows): Rows => {
        const moved = product(R, V);
        const block = (rows: Rows | undefined, k: number) => rows?.slice(k * n, (k + 1) * n);
        const [dz, dr] = [0, 1].map((k) => sum(block(moved, k)!, block(u, k))) as [Rows, Rows];
        const dg = sum(diagonalSum([byReset, dr], [r, block(moved, 2)]), block(u, 2));
        return diagonalSum([byUpdate, dz], [byCandidate, dg], [z, V ?? identity(n)]);
      };
      return { next: z.map((zi, i) => zi * h[i]! + (1 - zi) * g[i]!), push };
    },
  };
}
