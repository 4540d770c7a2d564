import { expect, it } from 'vitest';
import { tangentProduct } from '../src/tangent-product.js';
import { multiply, normalMatrix, normals } from './random.js';

it('is J v for every vector, for all sizes and counts up to 9, to 1e-14', () => {
  const normal = normals(6);
  for (let size = 1; size <= 9; size++) {
    for (let count = 1; count <= 9; count++) {
      const J = normalMatrix(size, size, 1, normal);
      const V = normalMatrix(count, size, 1, normal);
      const out = new Float64Array(count * size).fill(Number.NaN);
      tangentProduct(Float64Array.from(J.flat()), Float64Array.from(V.flat()), out, count, size);
      const wanted = V.flatMap((v) => multiply(J, v));
      wanted.forEach((value, i) => {
        expect(Math.abs(out[i]! - value)).toBeLessThan(1e-14);
      });
    }
  }
});
