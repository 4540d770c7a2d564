import {
  concat,
  reshape,
  split,
  stack,
  type Tensor2D,
  type Tensor3D,
  tidy,
  unstack,
} from '@tensorflow/tfjs-core';

// tfjs's wasm backend copies the whole tensor for every slice it takes, so taking T time steps apart at once, or going
// back through a stack of them, costs T² copies of a step. In groups of eight, group by group, it costs about 8 T log T.
const GROUP = 8;

/** The members of [time, batch, k], in order. */
export function unstackTime(sequence: Tensor3D): Tensor2D[] {
  const [time, batch, width] = sequence.shape;
  // tfjs cannot differentiate an unstack with a single output.
  if (time === 1) return [reshape(sequence, [batch, width])];
  if (time <= GROUP) return unstack(sequence) as Tensor2D[];
  return tidy(() => split(sequence, groupSizes(time)).flatMap((group) => unstackTime(group as Tensor3D)));
}

/** The inverse of {@link unstackTime}. */
export function stackTime(members: readonly Tensor2D[]): Tensor3D {
  const time = members.length;
  // ... and a stack of a single member not twice.
  if (time === 1) return reshape(members[0]!, [1, ...members[0]!.shape]);
  if (time <= GROUP) return stack([...members]) as Tensor3D;
  return tidy(() => {
    let from = 0;
    const groups = groupSizes(time).map((size) => {
      from += size;
      return stackTime(members.slice(from - size, from));
    });
    return concat(groups);
  });
}

/** At most eight sizes that add up to `time`. */
function groupSizes(time: number): number[] {
  const size = Math.ceil(time / GROUP);
  const full = Math.floor(time / size);
  const rest = time - full * size;
  return [...Array<number>(full).fill(size), ...(rest > 0 ? [rest] : [])];
}
