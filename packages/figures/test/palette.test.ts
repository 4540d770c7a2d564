import { describe, expect, it } from 'vitest';
import { series, surface } from '../src/palette.js';

type Mode = 'light' | 'dark';
type Rgb = [number, number, number];

const linear = (colour: string): Rgb =>
  [1, 3, 5].map((i) => {
    const value = Number.parseInt(colour.slice(i, i + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as Rgb;

const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** WCAG 2.2 contrast ratio. */
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(linear(a)), luminance(linear(b))].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

/** Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB. */
const vision: Record<string, number[][]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Oklab, where Euclidean distances are nearly perceptual (Ottosson, 2020). */
function oklab(colour: string, matrix: number[][]): number[] {
  const rgb = linear(colour);
  const [r, g, b] = matrix.map((row) =>
    Math.max(
      0,
      row.reduce((sum, m, i) => sum + m * rgb[i]!, 0),
    ),
  ) as Rgb;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

describe.each(['light', 'dark'] as Mode[])('the %s palette', (mode) => {
  it('has a contrast of 3:1 or more for every series and 4.5:1 or more for text', () => {
    const paper = surface.paper[mode];
    for (const colour of series) expect(contrast(colour[mode], paper)).toBeGreaterThanOrEqual(3);
    for (const text of [surface.ink, surface.muted])
      expect(contrast(text[mode], paper)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(Object.keys(vision))(
    'keeps the first four series 0.1 apart in Oklab, all six 0.08, under %s',
    (kind) => {
      const seen = series.map((colour) => oklab(colour[mode], vision[kind]!));
      seen.forEach((a, i) => {
        seen.slice(0, i).forEach((b, k) => {
          const distance = Math.hypot(...a.map((value, n) => value - b[n]!));
          expect(distance, `series ${k} and ${i}`).toBeGreaterThan(i < 4 ? 0.1 : 0.08);
        });
      });
    },
  );
});
