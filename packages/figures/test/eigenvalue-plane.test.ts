import { describe, expect, it } from 'vitest';
import { eigenvaluePlane, FigureError } from '../src/index.js';
import { corners, frameOf, groups, parse, texts } from './drawing.js';

/** Pixels per unit and the origin, from two labelled ticks on each axis. */
function plane(root: Element) {
  const scale = (axis: 'x' | 'y', index: 1 | 2) => {
    const [group] = groups(root, `${axis}-axis-tick-label`);
    const ticks = [...group!.querySelectorAll('text')].map((text) => ({
      value: Number(text.textContent!.replace('−', '-')),
      pixel: Number(/translate\(([-\d.]+),([-\d.]+)\)/.exec(text.getAttribute('transform')!)![index]),
    }));
    const [a, b] = [ticks[0]!, ticks.at(-1)!];
    const perUnit = (b.pixel - a.pixel) / (b.value - a.value);
    return { perUnit, at: (value: number) => a.pixel + (value - a.value) * perUnit };
  };
  return { x: scale('x', 1), y: scale('y', 2) };
}

const values = [
  { re: -0.5, im: 1 },
  { re: -0.5, im: -1 },
  { re: 0.25, im: 0 },
];

describe('eigenvaluePlane', () => {
  it('puts every eigenvalue at its place, within 0.02 px, on axes of equal unit length', async () => {
    const root = parse(await eigenvaluePlane({ groups: [{ name: 'J', values }] }));
    const { x, y } = plane(root);
    expect(x.perUnit).toBeGreaterThan(50);
    expect(Math.abs(x.perUnit + y.perUnit)).toBeLessThan(0.05);
    const dots = [...groups(root, 'dot')[0]!.querySelectorAll('circle')];
    expect(dots).toHaveLength(3);
    dots.forEach((dot, i) => {
      expect(Math.abs(Number(dot.getAttribute('cx')) - x.at(values[i]!.re))).toBeLessThan(0.02);
      expect(Math.abs(Number(dot.getAttribute('cy')) - y.at(values[i]!.im))).toBeLessThan(0.02);
    });
  });

  it('draws every polygon of a stability region, closed and filled, with corners within 0.02 px', async () => {
    const square = (re: number) => [
      { re, im: -1 },
      { re: re + 1, im: -1 },
      { re: re + 1, im: 1 },
      { re, im: 1 },
    ];
    const boundary = [square(-2), square(0.5)];
    const root = parse(await eigenvaluePlane({ groups: [{ name: 'J', values }], region: { boundary } }));
    const { x, y } = plane(root);
    const paths = groups(root, 'line').map((group) => group.querySelector('path')!);
    expect(paths).toHaveLength(2);
    paths.forEach((path, i) => {
      expect(path.getAttribute('d')).toMatch(/Z$/);
      const style = path.closest('[fill]')!;
      expect(style.getAttribute('fill')).not.toBe('none');
      corners(path).forEach(([u, v], k) => {
        expect(Math.abs(u - x.at(boundary[i]![k]!.re))).toBeLessThan(0.02);
        expect(Math.abs(v - y.at(boundary[i]![k]!.im))).toBeLessThan(0.02);
      });
      expect(corners(path)).toHaveLength(4);
    });
    expect(texts(root, 'legend')).toContain('stability region');
  });

  it('draws the unit circle as a circle of radius one, within 0.05 px, for maps', async () => {
    const root = parse(await eigenvaluePlane({ groups: [{ name: 'W', values }], limit: 'unit circle' }));
    const { x, y } = plane(root);
    const circle = corners(groups(root, 'line')[0]!.querySelector('path')!);
    expect(circle.length).toBeGreaterThan(100);
    for (const [u, v] of circle)
      expect(Math.abs(Math.hypot(u - x.at(0), v - y.at(0)) - x.perUnit)).toBeLessThan(0.05);
    expect(texts(root, 'legend')).toEqual(['W', '|λ| = 1']);
  });

  it('draws the imaginary axis at real part zero, within 0.02 px, over the height of the frame', async () => {
    const root = parse(await eigenvaluePlane({ groups: [{ name: 'J', values }] }));
    const { x } = plane(root);
    const frame = frameOf(root);
    const vertical = groups(root, 'rule')
      .flatMap((group) => [...group.querySelectorAll('line')])
      .filter((line) => line.getAttribute('x1') === line.getAttribute('x2'));
    expect(vertical).toHaveLength(1);
    expect(Math.abs(Number(vertical[0]!.getAttribute('x1')) - x.at(0))).toBeLessThan(0.02);
    expect(Number(vertical[0]!.getAttribute('y2')) - Number(vertical[0]!.getAttribute('y1'))).toBeCloseTo(
      frame.height,
      1,
    );
  });

  it('gives groups different symbols and colours and says their abscissa and radius in words', async () => {
    const root = parse(
      await eigenvaluePlane({ groups: ['A', 'W'].map((name) => ({ name, values })), limit: 'none' }),
    );
    const [first, second] = groups(root, 'dot');
    expect(first!.querySelectorAll('circle')).toHaveLength(3);
    expect(second!.querySelectorAll('path')).toHaveLength(3);
    expect(root.querySelector('desc')!.textContent).toContain('largest real part 0.25, largest modulus 1.12');
  });

  it('leaves out eigenvalues beyond a fixed domain', async () => {
    const root = parse(
      await eigenvaluePlane({
        groups: [{ name: 'J', values }],
        reDomain: [-1, 0],
        imDomain: [0.5, 1.5],
        height: 560,
      }),
    );
    expect(groups(root, 'dot')[0]!.querySelectorAll('circle')).toHaveLength(1);
  });

  it.each([
    ['no groups', { groups: [] }, /groups: expected a list/],
    ['an empty group', { groups: [{ name: 'J', values: [] }] }, /groups\[0\]\.values/],
    [
      'a NaN part',
      { groups: [{ name: 'J', values: [{ re: 0, im: Number.NaN }] }] },
      /values\[0\]\.im: expected a finite/,
    ],
    [
      'a missing part',
      { groups: [{ name: 'J', values: [{ re: 0 }] }] },
      /values\[0\]\.im: expected a finite number, got undefined/,
    ],
    ['a polygon of two corners', { region: { boundary: [values.slice(0, 2)] } }, /at least 3 corners, got 2/],
    ['a region without polygons', { region: { boundary: [] } }, /region\.boundary/],
    ['an unknown limit', { limit: 'circle' }, /'imaginary axis' or 'unit circle'/],
  ])('refuses %s', async (_, change, message) => {
    const call = eigenvaluePlane({ groups: [{ name: 'J', values }], ...change } as never);
    await expect(call).rejects.toThrow(message);
    await expect(call).rejects.toBeInstanceOf(FigureError);
  });
});
