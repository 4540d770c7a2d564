import { describe, expect, it } from 'vitest';
import { FigureError, lineChart, scatterPlot, spectrum, trainingCurves } from '../src/index.js';
import { corners, groups, mapper, parse, texts } from './drawing.js';

const linePaths = (root: Element) =>
  groups(root, 'line').flatMap((group) => [...group.querySelectorAll('path')]);

const fillOf = (group: Element) =>
  group.querySelector('path, circle')!.closest('[fill]')!.getAttribute('fill');

describe('lineChart', () => {
  it('maps points linearly between the frame edges, within 0.01 px', async () => {
    const options = {
      series: [{ name: 'a', x: [0, 1, 4], y: [0, 3, 2] }],
      xDomain: [0, 4],
      yDomain: [-1, 3],
    } as const;
    const root = parse(await lineChart(options));
    const at = mapper(root, [0, 4], [-1, 3]);
    const drawn = corners(linePaths(root)[0]!);
    expect(drawn).toHaveLength(3);
    drawn.forEach(([x, y], i) => {
      expect(Math.abs(x - at.x(options.series[0].x[i]!))).toBeLessThan(0.01);
      expect(Math.abs(y - at.y(options.series[0].y[i]!))).toBeLessThan(0.01);
    });
  });

  it('maps logarithmic axes by the logarithm, within 0.01 px, and labels decades', async () => {
    const x = [1, 10, 100, 1000];
    const y = [1, 1e-3, 1e-6, 1e-9];
    const root = parse(
      await lineChart({
        series: [{ name: 'a', x, y }],
        xScale: 'log',
        yScale: 'log',
        xDomain: [1, 1000],
        yDomain: [1e-9, 1],
      }),
    );
    const at = mapper(root, [0, 3], [-9, 0]);
    corners(linePaths(root)[0]!).forEach(([u, v], i) => {
      expect(Math.abs(u - at.x(i))).toBeLessThan(0.01);
      expect(Math.abs(v - at.y(-3 * i))).toBeLessThan(0.01);
    });
    const [labels] = groups(root, 'y-axis-tick-label');
    expect(texts(labels!)).toEqual(expect.arrayContaining(['1', '10⁻⁸']));
  });

  it('draws a band between low and high, within 0.01 px', async () => {
    const series = [{ name: 'a', x: [0, 1], y: [1, 2], low: [0.5, 1], high: [1.5, 3] }];
    const root = parse(await lineChart({ series, xDomain: [0, 1], yDomain: [0, 4] }));
    const at = mapper(root, [0, 1], [0, 4]);
    const band = corners(groups(root, 'area')[0]!.querySelector('path')!);
    const expected = [
      [0, 1.5],
      [1, 3],
      [1, 1],
      [0, 0.5],
    ].map(([u, v]) => [at.x(u!), at.y(v!)]);
    const gap = (point: number[]) =>
      Math.min(...band.map(([u, v]) => Math.hypot(u - point[0]!, v - point[1]!)));
    expect(Math.max(...expected.map(gap))).toBeLessThan(0.02);
    expect(band).toHaveLength(4);
  });

  it('thins 200,000 points to a few per pixel and keeps the extremes, within 0.01 px', async () => {
    const n = 200_000;
    const x = Float64Array.from({ length: n }, (_, i) => i);
    const y = Float64Array.from({ length: n }, (_, i) => Math.sin(i * 12.9898) * 0.5);
    y[123_456] = 3;
    y[77_777] = -3;
    const root = parse(
      await lineChart({ series: [{ name: 'noise', x, y }], xDomain: [0, n], yDomain: [-4, 4] }),
    );
    const at = mapper(root, [0, n], [-4, 4]);
    const drawn = corners(linePaths(root)[0]!);
    expect(drawn.length).toBeLessThan(4 * 600);
    expect(Math.abs(Math.min(...drawn.map(([, v]) => v)) - at.y(3))).toBeLessThan(0.01);
    expect(Math.abs(Math.max(...drawn.map(([, v]) => v)) - at.y(-3))).toBeLessThan(0.01);
    expect(Math.abs(drawn.at(-1)![0] - at.x(n - 1))).toBeLessThan(0.01);
  });

  it('draws references at their value and shows their label; the axis makes room for them', async () => {
    const root = parse(
      await lineChart({
        series: [{ name: 'a', x: [0, 1], y: [0, 1] }],
        references: [{ y: 5, label: 'bound' }],
      }),
    );
    expect(texts(root, 'plot')).toContain('bound');
    const line = groups(root, 'rule').at(-1)!.querySelector('line')!;
    const at = mapper(root, [0, 1], [0, 5]);
    expect(Number(line.getAttribute('y1'))).toBeCloseTo(at.y(5), 1);
  });

  it.each([
    ['two epochs', [1, 2], ['1', '2']],
    ['one epoch', [1], ['0', '1', '2']],
    ['five epochs', [0, 1, 2, 3, 4, 5], ['0', '1', '2', '3', '4', '5']],
  ])('labels whole numbers of %s only', async (_, x, labels) => {
    const root = parse(await lineChart({ series: [{ name: '', x, y: x.map((value) => value / 7) }] }));
    expect(groups(root, 'x-axis-tick-label').flatMap((each) => texts(each))).toEqual(labels);
  });

  it('says which axis is logarithmic', async () => {
    const series = [{ name: '', x: [1, 10], y: [1, 100] }];
    const both = parse(await lineChart({ series, xLabel: 'steps', xScale: 'log', yScale: 'log' }));
    expect(texts(both)).toEqual(expect.arrayContaining(['steps, log scale', 'log scale']));
    expect(texts(parse(await lineChart({ series, xLabel: 'steps' })))).not.toContain('log scale');
  });

  it('draws grey series first and without a place in the palette, and keeps the colour that is asked for', async () => {
    const at = (name: string, colour?: number | 'muted') => ({
      name,
      x: [0, 1],
      y: [0, 1],
      ...(colour !== undefined && { colour }),
    });
    const root = parse(await lineChart({ series: [at('a', 3), at('rest', 'muted'), at('b', 3)] }));
    const strokes = groups(root, 'line').flatMap((each) =>
      [...each.querySelectorAll('[stroke]')].map((line) => line.getAttribute('stroke')),
    );
    expect(strokes).toHaveLength(3);
    expect(strokes[1]).toBe(strokes[2]);
    expect(strokes[0]).not.toBe(strokes[1]);
    await expect(lineChart({ series: [at('a', -1)] })).rejects.toThrow(
      /colour: expected a place in the palette/,
    );
  });

  it('shows a curve of a single point as a symbol', async () => {
    const root = parse(await lineChart({ series: [{ name: 'a', x: [1], y: [2] }] }));
    expect(groups(root, 'dot')).toHaveLength(1);
  });

  it.each([
    ['no series', [], /lineChart series: expected a list with at least one item/],
    ['an empty series', [{ name: 'a', x: [], y: [] }], /series\[0\]\.x: expected at least one value/],
    ['ragged arrays', [{ name: 'a', x: [1, 2], y: [1] }], /series\[0\]\.y: expected 2 values, got 1/],
    [
      'NaN',
      [{ name: 'a', x: [1, 2], y: [1, Number.NaN] }],
      /series\[0\]\.y\[1\]: expected a finite number, got NaN/,
    ],
    ['infinity', [{ name: 'a', x: [1, Number.POSITIVE_INFINITY], y: [1, 2] }], /x\[1\].*got Infinity/],
    ['low without high', [{ name: 'a', x: [1], y: [1], low: [0] }], /series\[0\]\.high/],
    ['crossed bounds', [{ name: 'a', x: [1], y: [1], low: [2], high: [1] }], /low at most high, got 2 > 1/],
    ['an unknown dash', [{ name: 'a', x: [1], y: [1], line: 'wavy' }], /'solid' or 'dashed'/],
  ])('refuses %s', async (_, series, message) => {
    const call = lineChart({ series } as never);
    await expect(call).rejects.toThrow(message);
    await expect(call).rejects.toBeInstanceOf(FigureError);
  });

  it.each([
    [
      'zero on a logarithmic y',
      { yScale: 'log' },
      { y: [1, 0] },
      /series\[0\]\.y: expected positive values .* got 0 at index 1/,
    ],
    ['a negative logarithmic x', { xScale: 'log' }, { x: [-1, 2] }, /series\[0\]\.x: expected positive/],
    [
      'a band down to zero on a logarithmic y',
      { yScale: 'log' },
      { low: [0, 1], high: [2, 3] },
      /series\[0\]\.low/,
    ],
    ['a logarithmic domain from zero', { yScale: 'log', yDomain: [0, 1] }, {}, /y domain: expected positive/],
    ['a reference at zero', { yScale: 'log', references: [{ y: 0 }] }, {}, /references\[0\]\.y/],
    ['a reference without value', { references: [{}] }, {}, /references\[0\]\.y: expected a finite number/],
    ['an unknown scale', { yScale: 'sqrt' }, {}, /'linear' or 'log'/],
    ['values beyond floating point', {}, { y: [-1.5e308, 1.5e308] }, /range fits a floating-point number/],
    [
      'a logarithmic axis of denormals',
      { yScale: 'log' },
      { y: [5e-324, 1] },
      /range fits a floating-point number/,
    ],
  ])('refuses %s', async (_, options, change, message) => {
    const call = lineChart({ series: [{ name: 'a', x: [1, 2], y: [1, 2], ...change }], ...options } as never);
    await expect(call).rejects.toThrow(message);
    await expect(call).rejects.toBeInstanceOf(FigureError);
  });
});

describe('trainingCurves', () => {
  const series = [
    { name: 'loss', split: 'train', y: [3, 2, 1, 0.5] },
    { name: 'loss', split: 'validation', y: [3.1, 2.2, 1.4, 1.6] },
  ] as const;

  it('marks the lowest validation record at its place, within 0.01 px, and says its value', async () => {
    const root = parse(await trainingCurves({ series, xDomain: [0, 5], yDomain: [0, 4] }));
    const at = mapper(root, [0, 5], [0, 4]);
    const ring = groups(root, 'dot').at(-1)!.querySelector('circle')!;
    expect(Math.abs(Number(ring.getAttribute('cx')) - at.x(3))).toBeLessThan(0.01);
    expect(Math.abs(Number(ring.getAttribute('cy')) - at.y(1.4))).toBeLessThan(0.01);
    expect(texts(root, 'plot')).toContain('1.4 at 3');
    expect(root.querySelector('desc')!.textContent).toContain('Best loss, validation: 1.4 at 3.');
  });

  it('marks the highest record of the training data when they are all there is', async () => {
    const root = parse(
      await trainingCurves({ series: [{ name: 'accuracy', y: [0.1, 0.9, 0.8] }], best: 'highest' }),
    );
    expect(texts(root, 'plot')).toContain('0.9 at 2');
  });

  it('draws one quantity in one colour, training dashed and validation solid', async () => {
    const root = parse(await trainingCurves({ series }));
    const styles = linePaths(root).map((path) => path.closest('[stroke]')!);
    expect(styles.map((style) => style.getAttribute('stroke-dasharray'))).toEqual(['6,4', null]);
    expect(new Set(styles.map((style) => style.getAttribute('stroke'))).size).toBe(1);
    expect(texts(root, 'legend')).toEqual(['loss, train', 'loss, validation', 'best']);
  });

  it('labels whole epochs only', async () => {
    const root = parse(await trainingCurves({ series }));
    const labels = texts(groups(root, 'x-axis-tick-label')[0]!).map(Number);
    expect(labels.length).toBeGreaterThanOrEqual(3);
    expect(labels.every(Number.isInteger)).toBe(true);
  });

  it('refuses a loss that became NaN, naming the record', async () => {
    await expect(trainingCurves({ series: [{ name: 'loss', y: [1, Number.NaN] }] })).rejects.toThrow(
      /trainingCurves series\[0\]\.y\[1\]: expected a finite number, got NaN/,
    );
    await expect(trainingCurves({ series: [{ name: 'loss', y: [1, 2], x: [1] }] })).rejects.toThrow(
      /expected 2 values, got 1/,
    );
  });
});

describe('spectrum', () => {
  it('sorts values from the largest and keeps each error bar with its value, within 0.01 px', async () => {
    const root = parse(
      await spectrum({
        series: [{ name: 'λ', values: [-1, 0.5, 0], errors: [0.1, 0.3, 0.2] }],
        yDomain: [-2, 1],
      }),
    );
    const at = mapper(root, [0.5, 3.5], [-2, 1]);
    const dots = [...groups(root, 'dot')[0]!.querySelectorAll('circle')];
    expect(dots).toHaveLength(3);
    [0.5, 0, -1].forEach((value, i) => {
      expect(Math.abs(Number(dots[i]!.getAttribute('cx')) - at.x(i + 1))).toBeLessThan(0.01);
      expect(Math.abs(Number(dots[i]!.getAttribute('cy')) - at.y(value))).toBeLessThan(0.01);
    });
    const bars = groups(root, 'rule')
      .flatMap((g) => [...g.querySelectorAll('line')])
      .filter((line) => line.getAttribute('x1') === line.getAttribute('x2'));
    expect(bars).toHaveLength(3);
    [
      [0.5, 0.3],
      [0, 0.2],
      [-1, 0.1],
    ].forEach(([value, half], i) => {
      const ends = [Number(bars[i]!.getAttribute('y1')), Number(bars[i]!.getAttribute('y2'))].sort(
        (a, b) => a - b,
      );
      expect(Math.abs(ends[0]! - at.y(value! + half!))).toBeLessThan(0.01);
      expect(Math.abs(ends[1]! - at.y(value! - half!))).toBeLessThan(0.01);
    });
  });

  it('keeps the colour of each spectrum in the legend when one has no name', async () => {
    const root = parse(
      await spectrum({
        series: [
          { name: '', values: [1] },
          { name: 'b', values: [2] },
        ],
      }),
    );
    const plotted = fillOf(groups(root, 'dot')[1]!);
    const listed = fillOf(groups(root, 'dot', 'legend')[0]!);
    expect(listed).toMatch(/^#[0-9a-f]{6}$/);
    expect(listed).toBe(plotted);
  });

  it('runs an error bar that reaches zero on a logarithmic axis down to the frame, within 0.1 px', async () => {
    const root = parse(
      await spectrum({
        series: [{ name: 'σ', values: [1, 0.1], errors: [0.1, 0.2] }],
        yScale: 'log',
        yDomain: [0.01, 10],
      }),
    );
    const at = mapper(root, [0.5, 2.5], [-2, 1]);
    const lines = groups(root, 'rule').flatMap((group) => [...group.querySelectorAll('line')]);
    const lowest = Math.max(
      ...lines.map((line) => Math.max(Number(line.getAttribute('y1')), Number(line.getAttribute('y2')))),
    );
    expect(Math.abs(lowest - at.y(-2))).toBeLessThan(0.1);
  });

  it.each([
    ['an empty spectrum', [{ name: 'a', values: [] }], /series\[0\]\.values: expected at least one value/],
    ['ragged errors', [{ name: 'a', values: [1, 2], errors: [1] }], /errors: expected 2 values, got 1/],
    ['a negative error', [{ name: 'a', values: [1], errors: [-1] }], /half length of 0 or more, got -1/],
    ['minus infinity', [{ name: 'a', values: [Number.NEGATIVE_INFINITY] }], /got -Infinity/],
    ['a string', [{ name: 'a', values: 'abc' }], /expected an array of numbers, got "abc"/],
  ])('refuses %s', async (_, series, message) => {
    await expect(spectrum({ series } as never)).rejects.toThrow(message);
  });

  it('refuses a zero singular value on a logarithmic axis', async () => {
    await expect(spectrum({ series: [{ name: 'σ', values: [1, 0] }], yScale: 'log' })).rejects.toThrow(
      /expected positive values/,
    );
  });
});

describe('scatterPlot', () => {
  it('puts points at their place, within 0.01 px, each with its label', async () => {
    const group = { name: 'runs', x: [1, 2], y: [3, 4], labels: ['a', 'b'] };
    const root = parse(await scatterPlot({ groups: [group], xDomain: [0, 3], yDomain: [2, 5] }));
    const at = mapper(root, [0, 3], [2, 5]);
    const dots = [...groups(root, 'dot')[0]!.querySelectorAll('circle')];
    dots.forEach((dot, i) => {
      expect(Math.abs(Number(dot.getAttribute('cx')) - at.x(group.x[i]!))).toBeLessThan(0.01);
      expect(Math.abs(Number(dot.getAttribute('cy')) - at.y(group.y[i]!))).toBeLessThan(0.01);
    });
    expect(dots).toHaveLength(2);
    expect(texts(root, 'plot')).toEqual(expect.arrayContaining(['a', 'b']));
  });

  it('refuses ragged labels and values', async () => {
    const group = { name: 'runs', x: [1, 2], y: [3, 4] };
    await expect(scatterPlot({ groups: [{ ...group, labels: ['a'] }] })).rejects.toThrow(
      /labels: expected 2 texts, got 1/,
    );
    await expect(scatterPlot({ groups: [{ ...group, y: [1] }] })).rejects.toThrow(
      /y: expected 2 values, got 1/,
    );
    await expect(scatterPlot({ groups: [{ ...group, x: [0, 1] }], xScale: 'log' })).rejects.toThrow(
      /positive/,
    );
    await expect(scatterPlot({ groups: [] })).rejects.toThrow(FigureError);
  });
});
