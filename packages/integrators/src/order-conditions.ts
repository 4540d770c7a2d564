/**
 * Order conditions of Runge–Kutta methods through rooted trees.
 *
 * A method has order p when Σ_i b_i Φ_i(τ) = 1/γ(τ) for every rooted tree τ of up to p nodes. With
 * τ = [τ_1, ..., τ_m] (a root carrying m subtrees): Φ_i(τ) = Π_k Σ_j a_ij Φ_j(τ_k) and
 * γ(τ) = |τ| Π_k γ(τ_k).
 *
 * Source: Hairer, Nørsett and Wanner, Solving Ordinary Differential Equations I, section II.2.
 */
interface Tree {
  /** Number of nodes. */
  readonly order: number;
  /** γ, the density. */
  readonly density: number;
  readonly children: readonly Tree[];
  /** Brackets, the single node written `.`: `[..]` is a root with two leaves. */
  readonly text: string;
}

const LEAF: Tree = { order: 1, density: 1, children: [], text: '.' };

/** All rooted trees by number of nodes, `trees[n - 1]` those of n nodes; grown on demand. */
const trees: Tree[][] = [[LEAF]];

function treesOfOrder(order: number): readonly Tree[] {
  for (let n = trees.length + 1; n <= order; n++) {
    const smaller = trees.flat();
    trees.push(
      forests(smaller, n - 1, smaller.length - 1).map((children) => ({
        order: n,
        density: children.reduce((product, child) => product * child.density, n),
        children,
        text: `[${children.map((child) => child.text).join('')}]`,
      })),
    );
  }
  return trees[order - 1]!;
}

/** The multisets of trees with `nodes` nodes in all, taken from `from[0..last]` in descending index. */
function forests(from: readonly Tree[], nodes: number, last: number): Tree[][] {
  if (nodes === 0) return [[]];
  const found: Tree[][] = [];
  for (let index = last; index >= 0; index--) {
    const tree = from[index]!;
    if (tree.order > nodes) continue;
    for (const rest of forests(from, nodes - tree.order, index)) found.push([tree, ...rest]);
  }
  return found;
}

/** An order condition that the weights do not meet. */
export interface UnmetCondition {
  readonly order: number;
  readonly tree: string;
  /** Σ b_i Φ_i. */
  readonly value: number;
  /** 1/γ. */
  readonly target: number;
}

/** The first condition, by number of nodes up to `upTo`, that the weights `b` miss by more than `tolerance`. */
export function firstUnmetCondition(
  a: readonly (readonly number[])[],
  b: readonly number[],
  { upTo, tolerance }: { upTo: number; tolerance: number },
): UnmetCondition | undefined {
  const elementary = new Map<Tree, number[]>([[LEAF, b.map(() => 1)]]);
  const evaluate = (tree: Tree): number[] => {
    let phi = elementary.get(tree);
    if (!phi) {
      const below = tree.children.map(evaluate);
      phi = a.map((row) =>
        below.reduce((product, child) => product * row.reduce((sum, aij, j) => sum + aij * child[j]!, 0), 1),
      );
      elementary.set(tree, phi);
    }
    return phi;
  };
  for (let order = 1; order <= upTo; order++) {
    for (const tree of treesOfOrder(order)) {
      const phi = evaluate(tree);
      const value = b.reduce((sum, weight, i) => sum + weight * phi[i]!, 0);
      const scale = b.reduce((sum, weight, i) => sum + Math.abs(weight * phi[i]!), 1);
      const target = 1 / tree.density;
      if (!(Math.abs(value - target) <= tolerance * scale)) return { order, tree: tree.text, value, target };
    }
  }
  return undefined;
}
