/** Four digits, or ∞; near 1, where factors are told apart, two more. */
export function numberText(value: number): string {
  if (Math.abs(value) === Number.POSITIVE_INFINITY) return value > 0 ? '∞' : '-∞';
  const text = value.toPrecision(Math.abs(value - 1) < 0.01 ? 6 : 4);
  return text.includes('e') ? text : String(Number(text));
}

/** `1 unit`, `2 units`. */
export const counted = (number: number, what: string): string =>
  `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
