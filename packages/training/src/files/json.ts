const words: Record<string, number> = { Infinity, '-Infinity': -Infinity, NaN };

/** Plain data as JSON, rows of numbers on one line each. Numbers that JSON has not are text: "Infinity", "NaN". */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value, encode, 1);
  return `${text.replace(/\[\n\s+(?=[-\d])[^[\]{}"]*?\]/g, (row) => row.replace(/\s+/g, ' '))}\n`;
}

/** Reads what `toJson` wrote: the same numbers, bit for bit. */
export function fromJson(text: string): unknown {
  return JSON.parse(text, (_key, value) => (typeof value === 'string' ? (words[value] ?? value) : value));
}

function encode(_key: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
