/** A layer applied to outputs of others, each the given node of its layer. */
export interface Call {
  layer: string;
  from: readonly { layer: string; node: number }[];
}

/**
 * Whether all calls of a functional model can be made, each after those whose outputs it takes: undefined, or the layer of
 * one that never can. The nodes of a layer are numbered as they come to be; `starts` are those without a call.
 */
export function orderIsPossible(
  calls: readonly Call[],
  starts: ReadonlyMap<string, number>,
): string | undefined {
  const made = new Map(starts);
  let waiting = [...calls];
  while (waiting.length > 0) {
    const left = waiting.filter(({ layer, from }) => {
      if (!from.every((each) => made.get(each.layer)! > each.node)) return true;
      made.set(layer, made.get(layer)! + 1);
      return false;
    });
    if (left.length === waiting.length) return left[0]!.layer;
    waiting = left;
  }
  return undefined;
}
