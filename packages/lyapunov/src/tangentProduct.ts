/**
 * out_j = J v_j for `count` tangent vectors stored one after the other; J is row-major, rows x columns.
 *
 * Four vectors share each pass over a row of J: four independent sums keep the floating-point unit busy, and J is
 * read a quarter as often.
 */
export function tangentProduct(
  jacobian: Float64Array,
  tangents: Float64Array,
  out: Float64Array,
  count: number,
  size: number,
): void {
  let j = 0;
  for (; j + 4 <= count; j += 4) {
    const p = j * size;
    const q = p + size;
    const r = q + size;
    const s = r + size;
    for (let i = 0; i < size; i++) {
      const row = i * size;
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (let t = 0; t < size; t++) {
        const x = jacobian[row + t]!;
        a += x * tangents[p + t]!;
        b += x * tangents[q + t]!;
        c += x * tangents[r + t]!;
        d += x * tangents[s + t]!;
      }
      out[p + i] = a;
      out[q + i] = b;
      out[r + i] = c;
      out[s + i] = d;
    }
  }
  for (; j < count; j++) {
    const p = j * size;
    for (let i = 0; i < size; i++) {
      const row = i * size;
      let a = 0;
      for (let t = 0; t < size; t++) a += jacobian[row + t]! * tangents[p + t]!;
      out[p + i] = a;
    }
  }
}
