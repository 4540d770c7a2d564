export const fontFamily = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/** Advance widths of DejaVu Sans in em, rounded up, for characters that differ from the usual 0.64. */
const advances = new Map<string, number>();
for (const [characters, width] of [
  ["ijlI.,:;'| ·", 0.34],
  ['ftr()[]-/\\"', 0.46],
  ['csxyzvkJ?', 0.58],
  ['ABCDEFGHKLNOPQRSTUVXYZ&+=<>×−~#^', 0.8],
  ['wMmWQ%@—→←∂∞∑∫', 1],
  ['⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉₋', 0.42],
] as const)
  for (const character of characters) advances.set(character, width);

const fullWidth =
  /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]|\p{Emoji_Presentation}/u;

/**
 * Upper estimate of a text's width in pixels. Without a layout engine widths cannot be measured; these are a wide
 * system font's, so that text fits with the narrower ones too.
 */
export function textWidth(text: string, fontSize: number): number {
  let ems = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue; // combining marks take no room of their own
    ems += advances.get(character) ?? (fullWidth.test(character) ? 1.05 : 0.64);
  }
  return ems * fontSize;
}

/** Breaks text at spaces so that each line fits `width`; a longer single word keeps a line of its own. */
export function wrapText(text: string, width: number, fontSize: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && textWidth(longer, fontSize) > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    lines.push(line);
  }
  return lines;
}

/** A number for a label or description: up to `digits` significant digits, with a true minus sign. */
export function formatNumber(value: number, digits = 3): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split('e') as [string, string];
    const shortened = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
    return `${shortened.replace('-', '−')}×${powerOfTen(Number(exponent))}`;
  }
  return String(Number(value.toPrecision(digits))).replace('-', '−');
}

/** A power of ten with its exponent in superscript characters; 1 for the zeroth. */
export function powerOfTen(exponent: number): string {
  if (exponent === 0) return '1';
  const raised = String(exponent).replace(/./g, (c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)]!));
  return `10${raised}`;
}

/** Replaces what XML 1.0 cannot hold (control characters, unpaired surrogates) by U+FFFD. */
export function xmlSafe(text: string): string {
  return text.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd');
}
