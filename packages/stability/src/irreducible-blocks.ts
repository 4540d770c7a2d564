/**
 * The irreducible diagonal blocks of a square matrix: sets of indices that reach each other along entries that are not
 * zero. In the given order of blocks the permuted matrix is block upper triangular, so its eigenvalues are those of the
 * blocks, whatever stands between them. Tarjan's strongly connected components (1972), in order n².
 *
 * Goes further than the permutation of LAPACK's `dgebal`, which splits off single eigenvalues only: stacked layers,
 * cascades and block diagonal matrices fall apart as well.
 *
 * @param matrix row-major n x n entries.
 * @returns indices of each block, rising.
 */
export function irreducibleBlocks(matrix: Float64Array, n: number): number[][] {
  const order = new Int32Array(n).fill(-1); // when an index was met, -1 before
  const lowest = new Int32Array(n); // the earliest index met that it reaches
  const next = new Int32Array(n); // the column at which its search goes on
  const open: number[] = []; // met, and not yet in a block
  const isOpen = new Uint8Array(n);
  const blocks: number[][] = [];
  let met = 0;
  for (let root = 0; root < n; root++) {
    if (order[root] !== -1) continue;
    const path = [root];
    while (path.length > 0) {
      const i = path[path.length - 1]!;
      if (order[i] === -1) {
        order[i] = lowest[i] = met++;
        open.push(i);
        isOpen[i] = 1;
      }
      let deeper = false;
      for (let j = next[i]!; j < n && !deeper; j++) {
        if (j === i || matrix[i * n + j] === 0) continue;
        if (order[j] === -1) {
          next[i] = j; // seen again on the way back, when its lowest is known
          path.push(j);
          deeper = true;
        } else if (isOpen[j] === 1) lowest[i] = Math.min(lowest[i]!, lowest[j]!);
      }
      if (deeper) continue;
      path.pop();
      if (lowest[i] !== order[i]) continue;
      const block = open.splice(open.indexOf(i));
      for (const j of block) isOpen[j] = 0;
      blocks.push(block.sort((a, b) => a - b));
    }
  }
  return blocks.reverse(); // a block is complete only after all that it reaches
}
