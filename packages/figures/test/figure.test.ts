import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { figureGrid, lineChart, type VectorFieldOptions, vectorField } from '../src/index.js';
import { frameOf, parse, texts } from './drawing.js';

const line = { series: [{ name: 'a', x: [0, 1, 2], y: [1, 3, 2] }] };
const field: VectorFieldOptions = { field: (x, y) => [y, -x], xDomain: [-1, 1], yDomain: [-1, 1] };

describe('every figure', () => {
  it('is well-formed XML with a namespace, a name and a description', async () => {
    const svg = await lineChart({ ...line, title: 'A title', subtitle: 'and more' });
    const root = parse(svg);
    expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"')).toBe(true);
    expect(root.getAttribute('role')).toBe('img');
    expect(root.querySelector(`[id="${root.getAttribute('aria-labelledby')}"]`)!.textContent).toBe('A title');
    expect(root.querySelector(`[id="${root.getAttribute('aria-describedby')}"]`)!.textContent).toBe(
      'Line chart, first to last value: a from 1 to 2.',
    );
  });

  it('escapes markup in every text it is given and drops what XML cannot hold', async () => {
    const nasty = 'a < b & c > d "e" \'f\' </svg><script>1</script> \u0000\u0007 \ud800';
    const clean = 'a < b & c > d "e" \'f\' </svg><script>1</script> \ufffd\ufffd \ufffd';
    const svg = await lineChart({
      series: [{ name: nasty, x: [0, 1], y: [0, 1] }],
      title: nasty,
      subtitle: nasty,
      description: nasty,
      xLabel: nasty,
      yLabel: nasty,
      width: 2000,
      height: 2000,
      references: [{ y: 0.5, label: nasty }],
    });
    const root = parse(svg);
    expect(svg).not.toContain('<script');
    expect(texts(root).filter((text) => text === clean)).toHaveLength(6);
    expect(root.querySelector('title')!.textContent).toBe(clean);
    expect(root.querySelector('desc')!.textContent).toBe(clean);
  });

  it('is the same bytes for the same data, whatever was drawn before', async () => {
    const first = await vectorField({
      ...field,
      trajectories: [
        {
          points: [
            [0, 0],
            [3, 1],
          ],
        },
      ],
    });
    await lineChart(line);
    expect(
      await vectorField({
        ...field,
        trajectories: [
          {
            points: [
              [0, 0],
              [3, 1],
            ],
          },
        ],
      }),
    ).toBe(first);
    expect(
      await vectorField({
        ...field,
        trajectories: [
          {
            points: [
              [0, 0],
              [3, 1.1],
            ],
          },
        ],
      }),
    ).not.toBe(first);
  });

  it('shares no id with another figure and refers only to its own', async () => {
    const ids = (svg: string) => [...svg.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!);
    const [a, b] = [await lineChart(line), await lineChart({ ...line, title: 'other' })];
    expect(new Set([...ids(a), ...ids(b)]).size).toBe(ids(a).length + ids(b).length);
    const used = [...a.matchAll(/url\(#([^)]+)\)/g)].map((match) => match[1]!);
    expect(used.length).toBeGreaterThan(0);
    for (const id of used) expect(ids(a)).toContain(id);
  });

  it('carries its own style, under its own class, for the mode it was asked for', async () => {
    const style = async (theme: 'auto' | 'light' | 'dark') => {
      const root = parse(await lineChart({ ...line, theme }));
      expect(root.getAttribute('class')).toBe(`hurwitz-figure-${theme}`);
      const css = root.querySelector('style')!.textContent!;
      const selectors = [...css.replace(/@media[^{]*\{/, '').matchAll(/([^{}]+)\{/g)].map(
        (match) => match[1]!,
      );
      expect(selectors.length).toBeGreaterThan(1);
      expect(selectors.every((selector) => selector.startsWith(`.hurwitz-figure-${theme}`))).toBe(true);
      return css;
    };
    expect(await style('auto')).toContain('@media (prefers-color-scheme:dark)');
    expect(await style('light')).not.toContain('prefers-color-scheme');
    expect(await style('dark')).not.toContain('@media');
  });

  it('uses only colours that dark mode replaces', async () => {
    const svg = await vectorField({ ...field, title: 't', equilibria: [{ x: 0, y: 0, kind: 'saddle' }] });
    const [, css] = /<style>(.*)<\/style>/s.exec(svg)!;
    const used = new Set([...svg.matchAll(/(?:fill|stroke)="(#[^"]+)"/g)].map((match) => match[1]!));
    expect(used.size).toBeGreaterThan(3);
    for (const colour of used) expect(css).toContain(`"${colour}"]`);
  });

  it('wraps long titles and legends inside its width', async () => {
    const title = 'A rather long title about the end-to-end Jacobian of an antisymmetric recurrent network';
    const series = Array.from({ length: 9 }, (_, i) => ({
      name: `network number ${i}`,
      x: [0, 1],
      y: [0, i],
    }));
    const root = parse(await lineChart({ series, title, width: 320 }));
    const lines = [...root.children]
      .filter((child) => child.localName === 'text')
      .map((text) => text.textContent!);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join(' ')).toBe(title);
    const rows = new Set(
      [...root.querySelectorAll('.hurwitz-legend text')].map(
        (text) => /,([\d.]+)\)/.exec(text.getAttribute('transform')!)![1],
      ),
    );
    expect(rows.size).toBeGreaterThan(2);
    expect(Number(root.getAttribute('height'))).toBeGreaterThan(frameOf(root).height + 40 + rows.size * 19);
  });
});

describe('figureGrid', () => {
  const panels = Array.from({ length: 4 }, (_, i) => ({
    vectorField: {
      ...field,
      title: `panel ${i}`,
      equilibria: [
        ...(i === 0 ? [{ x: 0.5, y: 0, kind: 'centre' as const }] : []),
        { x: 0, y: 0, kind: 'saddle' as const },
      ],
    },
  }));

  it('places 2 x 2 panels in level rows and columns, says what they share once and what one has of its own there', async () => {
    const root = parse(await figureGrid({ panels, title: 'four', width: 720 }));
    const places = [...root.querySelectorAll('.hurwitz-plot')].map((plot) =>
      /translate\(([\d.]+),([\d.]+)\)/.exec(plot.getAttribute('transform')!)!.slice(1).map(Number),
    );
    expect(places.map(([x]) => x)).toEqual([0, 274, 0, 274]);
    expect(places[0]![1]).toBe(places[1]![1]);
    expect(places[2]![1]).toBe(places[3]![1]);
    expect(places[2]![1]! - places[0]![1]!).toBeGreaterThan(frameOf(root).height);
    expect(root.getAttribute('width')).toBe('720');
    expect(root.getAttribute('viewBox')).toMatch(/^0 0 560 /);
    const legends = [...root.querySelectorAll('.hurwitz-legend')];
    expect(legends.map((each) => [...each.querySelectorAll('text')].map((text) => text.textContent))).toEqual(
      [['saddle equilibrium'], ['centre']],
    );
    expect(root.querySelector('desc')!.textContent).toContain('panel 3: Vector field with');
  });

  it('leaves each panel its legend when one look means two things', async () => {
    const chart = (name: string) => ({ lineChart: { series: [{ name, x: [0, 1], y: [0, 1] }] } });
    const apart = parse(await figureGrid({ panels: [chart('loss'), chart('accuracy')] }));
    expect(apart.querySelectorAll('.hurwitz-legend')).toHaveLength(2);
    const together = parse(await figureGrid({ panels: [chart('loss'), chart('loss')] }));
    expect(texts(together, 'legend')).toEqual(['loss']);
  });

  it('has no text below 7.8 pixels when it is shown 400 pixels wide, however wide it was asked for', async () => {
    for (const width of [400, 720, 1140]) {
      const root = parse(await figureGrid({ panels, title: 'four', subtitle: 'of a kind', width }));
      const sizes = [...root.querySelectorAll('[font-size]')].map((each) =>
        Number(each.getAttribute('font-size')),
      );
      const [, , layout] = root.getAttribute('viewBox')!.split(' ').map(Number);
      expect((Math.min(...sizes) * 400) / layout!).toBeGreaterThan(7.8);
    }
  });

  it('refuses no panels, an unknown figure and a bad panel, naming it', async () => {
    await expect(figureGrid({ panels: [] })).rejects.toThrow(/panels: expected a list/);
    await expect(figureGrid({ panels: [{ pie: {} }] } as never)).rejects.toThrow(
      /panels\[0\].*got the keys pie/,
    );
    await expect(figureGrid({ panels: [{ lineChart: { series: [] } }] })).rejects.toThrow(/lineChart series/);
    await expect(figureGrid({ panels, columns: 0 })).rejects.toThrow(/columns/);
  });
});

describe('the built package', () => {
  const entry = (file: string) => JSON.stringify(new URL(`../dist/${file}`, import.meta.url).pathname);
  const hook = `import { writeSync } from 'node:fs';
    export function resolve(name, context, next) {
      if (['happy-dom', '@observablehq/plot'].includes(name)) writeSync(2, 'needs ' + name + '\\n');
      return next(name, context);
    }`;
  const watch = `data:text/javascript,${encodeURIComponent(
    `import { register } from 'node:module';
    register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)});`,
  )}`;

  it.each([
    ['ES module', 'module', `import * as figures from ${entry('index.js')};`],
    ['CommonJS', 'commonjs', `const figures = require(${entry('index.cjs')});`],
  ])(
    'as %s loads Plot and happy-dom only to draw, draws the same, and lets the process end',
    async (_, type, load) => {
      const code = `${load}
      process.stderr.write('loaded\\n');
      figures.lineChart(${JSON.stringify(line)}).then((svg) => process.stdout.write(svg));`;
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ['--import', watch, `--input-type=${type}`, '-e', code],
        { encoding: 'utf8', timeout: 300_000 },
      );
      expect(status, stderr).toBe(0);
      expect(stderr.match(/^(loaded|needs .*)$/gm)).toEqual([
        'loaded',
        'needs @observablehq/plot',
        'needs happy-dom',
      ]);
      expect(stdout).toBe(await lineChart(line));
    },
  );
});
