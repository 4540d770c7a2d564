/** Which colours a figure uses: those of the reader's system, or one fixed mode. */
export type Theme = 'auto' | 'light' | 'dark';

interface Shade {
  readonly light: string;
  readonly dark: string;
}

/**
 * The colours of the figures' own surfaces and of text. The background is painted, not transparent: a page that
 * stays light while the reader's system is dark would otherwise show light text on white.
 */
export const surface = {
  paper: { light: '#ffffff', dark: '#10151c' },
  ink: { light: '#1c2127', dark: '#e7ecf1' },
  muted: { light: '#5b6571', dark: '#9aa6b3' },
  faint: { light: '#e3e7eb', dark: '#28303a' },
} as const satisfies Record<string, Shade>;

/**
 * Colours of series, in order of use: Okabe and Ito's hues, moved until each has a contrast of 3:1 or more to the
 * background of its mode (WCAG 1.4.11) and all stay apart with any of the three kinds of colour blindness. The tests
 * measure both.
 */
export const series: readonly Shade[] = [
  { light: '#0769ab', dark: '#65adf5' },
  { light: '#c64704', dark: '#ff8f4a' },
  { light: '#19a07c', dark: '#56e7b8' },
  { light: '#991d67', dark: '#c463aa' },
  { light: '#b08e2c', dark: '#f0e04a' },
  { light: '#2b2f38', dark: '#e2ebf8' },
];

/** Of series that stay in the background behind the coloured ones. */
const background: Shade = { light: '#9aa6b3', dark: '#66727f' };

/** Which colour a series has: a place in the palette, from 0, or `muted` for the grey of the background. */
export type SeriesColour = number | 'muted';

/** The colour of a series as the drawing carries it: the light one, which `styleSheet` maps to the dark one. */
export function seriesColour(style: SeriesColour): string {
  return style === 'muted' ? background.light : series[style % series.length]!.light;
}

/**
 * The figure's own style. Light colours stand in the drawing as plain attributes, so viewers without CSS (Inkscape,
 * librsvg, LaTeX converters) show them; dark mode replaces attribute by attribute. Every rule is under the figure's
 * class, so inlined figures neither restyle their page nor each other.
 */
export function styleSheet(theme: Theme): string {
  const scope = `.hurwitz-figure-${theme}`;
  const layout = `${scope}{max-width:100%;height:auto}${scope} text{white-space:pre}`;
  if (theme === 'light') return layout;
  const swaps = [...Object.values(surface), background, ...series].map(
    ({ light, dark }) =>
      `${scope} [fill="${light}"]{fill:${dark}}${scope} [stroke="${light}"]{stroke:${dark}}`,
  );
  const dark = `${scope}{color:${surface.ink.dark}}${swaps.join('')}`;
  return layout + (theme === 'dark' ? dark : `@media (prefers-color-scheme:dark){${dark}}`);
}
