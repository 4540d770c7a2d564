/** A number with at least `least` digits, and as many more as it takes to read as another number than `other`. */
export function apartFrom(other: number, value: number, least = 3): string {
  for (let digits = least; digits < 17; digits++) {
    const shown = value.toPrecision(digits);
    if (Number(shown) !== Number(other.toPrecision(digits))) return shown;
  }
  return value === other ? value.toPrecision(least) : String(value);
}
