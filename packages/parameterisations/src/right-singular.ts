import { EigenvalueDecomposition, type Matrix } from 'ml-matrix';

/**
 * The right singular vectors of M (the columns of `vectors`) and its singular values, ascending, from the eigenvectors
 * of MᵀM. Squaring leaves the small singular values an error of 1e-8 of the largest, below the rounding of float32.
 *
 * ml-matrix's own singular value decomposition has no limit on its sweeps and never returns for some rank-deficient
 * matrices (mljs/matrix issue 70); its symmetric eigenvalue routine is also faster, 60 ms against 95 at 170 columns.
 */
export function rightSingular(M: Matrix): { vectors: Matrix; values: number[] } {
  const gram = M.transpose().mmul(M);
  const { eigenvectorMatrix, realEigenvalues } = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  return {
    vectors: eigenvectorMatrix,
    values: realEigenvalues.map((square) => Math.sqrt(Math.max(square, 0))),
  };
}
