import { describe, expect, it } from 'vitest';
import { FigureError, vectorField } from '../src/index.js';
import { corners, groups, mapper, parse, texts, translations } from './drawing.js';

const rotation = { field: (x: number, y: number) => [y, -x], xDomain: [-2, 2], yDomain: [-1, 1] } as const;

/** Length in pixels and direction in degrees of every arrow. */
function arrows(root: Element) {
  return [...groups(root, 'vector')[0]!.querySelectorAll('path')].map((path) => {
    const [, x, y, angle] = /translate\(([-\d.]+),([-\d.]+)\) rotate\(([-\d.]+)\)/.exec(
      path.getAttribute('transform')!,
    )!;
    const length = Math.max(...corners(path).map(([, v]) => -v));
    return { x: Number(x), y: Number(y), angle: Number(angle), length };
  });
}

describe('vectorField', () => {
  it('puts one arrow in the centre of each of 10 x 5 cells, within 0.01 px, at the angle of the field', async () => {
    const root = parse(await vectorField({ ...rotation, grid: 10 }));
    const at = mapper(root, [-2, 2], [-1, 1]);
    const drawn = arrows(root);
    expect(drawn).toHaveLength(50);
    for (const [k, { x, y, angle }] of drawn.entries()) {
      const [u, v] = [-1.8 + 0.4 * (k % 10), -0.8 + 0.4 * Math.floor(k / 10)];
      expect(Math.abs(x - at.x(u))).toBeLessThan(0.01);
      expect(Math.abs(y - at.y(v))).toBeLessThan(0.01);
      const turned = Math.cos(((angle - (Math.atan2(v, -u) * 180) / Math.PI) * Math.PI) / 180);
      expect(turned).toBeGreaterThan(0.999999);
    }
  });

  it.each([
    ['root', 0.5],
    ['proportional', 1],
    ['unit', 0],
  ] as const)(
    'draws %s arrows with lengths in the speed to the power %d, within 0.02 px',
    async (arrowLength, power) => {
      const samples = [1, 0.49, 0.04].map((speed, i) => ({ x: i, y: 0, dx: speed, dy: 0 }));
      const root = parse(await vectorField({ samples, arrowLength, xDomain: [-1, 3], yDomain: [-1, 1] }));
      const [longest, ...others] = arrows(root).map(({ length }) => length);
      expect(longest).toBeGreaterThan(20);
      expect(Math.abs(others[0]! - longest! * 0.49 ** power)).toBeLessThan(0.02);
      expect(Math.abs(others[1]! - longest! * 0.04 ** power)).toBeLessThan(0.02);
    },
  );

  it('draws no arrow where the field vanishes', async () => {
    const samples = [0, 1].map((x) => ({ x, y: 0, dx: x, dy: 0 }));
    const root = parse(await vectorField({ samples, xDomain: [-1, 2], yDomain: [-1, 1] }));
    expect(arrows(root)).toHaveLength(1);
  });

  it('gives both axes the same pixels per unit, within 0.01 px, also in a frame of another shape', async () => {
    for (const height of [undefined, 300]) {
      const root = parse(
        await vectorField({
          ...rotation,
          height,
          trajectories: [
            {
              points: [
                [0, 0],
                [1, 1],
              ],
            },
          ],
        }),
      );
      const [from, to] = corners(groups(root, 'line')[0]!.querySelector('path')!) as [
        [number, number],
        [number, number],
      ];
      expect(to[0] - from[0]).toBeGreaterThan(50);
      expect(Math.abs(to[0] - from[0] + (to[1] - from[1]))).toBeLessThan(0.01);
    }
  });

  it('keeps a thinned trajectory within 0.2 px of every state, with ring and ends in place', async () => {
    const points = Array.from({ length: 5000 }, (_, i) => {
      const angle = i / 300;
      return [Math.exp(-angle / 8) * Math.cos(angle), Math.exp(-angle / 8) * Math.sin(angle)];
    });
    const root = parse(await vectorField({ ...rotation, trajectories: [{ points }] }));
    const at = mapper(root, [-2, 2], [-1, 1]);
    const drawn = corners(groups(root, 'line')[1]!.querySelector('path')!);
    expect(drawn.length).toBeLessThan(500);
    const distance = ([x, y]: [number, number]) =>
      Math.min(
        ...drawn.slice(1).map(([x1, y1], i) => {
          const [x0, y0] = drawn[i]!;
          const [dx, dy] = [x1 - x0, y1 - y0];
          const t = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy || 1)));
          return Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
        }),
      );
    for (let i = 0; i < points.length; i += 37)
      expect(distance([at.x(points[i]![0]!), at.y(points[i]![1]!)])).toBeLessThan(0.2);
    const ring = groups(root, 'dot').at(-1)!.querySelector('circle, path')!;
    expect(Number(ring.getAttribute('cx'))).toBeCloseTo(at.x(1), 1);
    expect(Number(ring.getAttribute('cy'))).toBeCloseTo(at.y(0), 1);
  });

  it('points every head along the direction of travel, within 2 degrees', async () => {
    const points = Array.from({ length: 400 }, (_, i) => [Math.cos(i / 60), -Math.sin(i / 60)]);
    const root = parse(await vectorField({ ...rotation, yDomain: [-1.5, 1.5], trajectories: [{ points }] }));
    const at = mapper(root, [-2, 2], [-1.5, 1.5]);
    const heads = [...groups(root, 'vector')[1]!.querySelectorAll('path')];
    expect(heads.length).toBeGreaterThanOrEqual(3);
    for (const head of heads) {
      const [, x, y, angle] = /translate\(([-\d.]+),([-\d.]+)\) rotate\(([-\d.]+)\)/.exec(
        head.getAttribute('transform')!,
      )!;
      const radial = [Number(x) - at.x(0), Number(y) - at.y(0)]; // pixels, y down
      const heading = [Math.sin((Number(angle) * Math.PI) / 180), -Math.cos((Number(angle) * Math.PI) / 180)];
      // clockwise on screen: the direction is the radius turned by +90 degrees in pixel coordinates
      const cosine = (-radial[1]! * heading[0]! + radial[0]! * heading[1]!) / Math.hypot(...radial);
      expect(cosine).toBeGreaterThan(Math.cos((2 * Math.PI) / 180));
    }
  });

  it('draws no heads and no ring outside the frame', async () => {
    const points = Array.from({ length: 50 }, (_, i) => [3 + i, 0]);
    const root = parse(await vectorField({ ...rotation, trajectories: [{ points }] }));
    expect(groups(root, 'vector')[1]?.querySelectorAll('path') ?? []).toHaveLength(0);
    expect(groups(root, 'dot').flatMap((g) => [...g.querySelectorAll('circle')])).toHaveLength(0);
  });

  it('marks equilibria at their place, within 0.01 px, with a symbol and a legend entry per kind', async () => {
    const equilibria = [
      { x: -1, y: 0.5, kind: 'attracting' },
      { x: 1, y: 0.5, kind: 'repelling' },
      { x: -1, y: -0.5, kind: 'centre' },
      { x: 1, y: -0.5, kind: 'saddle' },
    ] as const;
    const svg = await vectorField({ ...rotation, equilibria });
    const root = parse(svg);
    const at = mapper(root, [-2, 2], [-1, 1]);
    const dots = groups(root, 'dot').flatMap((g) => [...g.querySelectorAll('circle')]);
    // disc, ring, and the centre's ring and dot; the saddle is a cross drawn twice, wide and pale below
    expect(dots.map((dot) => Number(dot.getAttribute('cx')) - at.x(0) > 0)).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect(Number(dots[1]!.getAttribute('cy'))).toBeCloseTo(at.y(0.5), 2);
    const crosses = translations(groups(root, 'dot')).map(([x, y]) => [x - at.x(1), y - at.y(-0.5)]);
    expect(crosses).toHaveLength(2);
    for (const [dx, dy] of crosses) expect(Math.hypot(dx!, dy!)).toBeLessThan(0.02);
    expect(texts(root, 'legend')).toEqual([
      'attracting equilibrium',
      'repelling equilibrium',
      'centre',
      'saddle equilibrium',
    ]);
    expect(root.querySelector('desc')!.textContent).toContain('saddle at (1, −0.5)');
  });

  it('gives named trajectories a colour each and shows axis labels with units', async () => {
    const trajectories = ['slow', 'fast'].map((name) => ({
      name,
      points: [
        [0, 0],
        [1, 0.5],
      ],
    }));
    const root = parse(
      await vectorField({ ...rotation, trajectories, xLabel: 'angle (rad)', yLabel: 'rate (rad/s)' }),
    );
    expect(texts(root, 'legend')).toEqual(['slow', 'fast', 'start']);
    expect(texts(root, 'plot')).toEqual(expect.arrayContaining(['angle (rad)', 'rate (rad/s)']));
    const strokes = groups(root, 'line').map((g) => g.querySelector('[stroke]')!.getAttribute('stroke'));
    expect(new Set(strokes).size).toBe(3); // the pale edge and two colours
  });

  const bad: [string, object, RegExp][] = [
    ['neither field nor samples', { field: undefined }, /either field or samples, got neither/],
    ['both', { samples: [{ x: 0, y: 0, dx: 1, dy: 1 }] }, /either field or samples, got both/],
    ['no samples', { field: undefined, samples: [] }, /samples: expected a list with at least one item/],
    [
      'a field of NaN',
      { field: () => [Number.NaN, 0] },
      /field\(.*\)\[0\]: expected a finite number, got NaN/,
    ],
    ['a field of three numbers', { field: () => [1, 2, 3] }, /a pair \[dx, dy\], got 3 numbers/],
    [
      'an infinite sample',
      { field: undefined, samples: [{ x: 0, y: 0, dx: Infinity, dy: 0 }] },
      /samples\[0\]\.dx/,
    ],
    ['a ragged trajectory', { trajectories: [{ points: [[0, 0], [1]] }] }, /trajectories\[0\]\.points\[1\]/],
    ['an empty trajectory', { trajectories: [{ points: [] }] }, /at least one row/],
    ['a NaN state', { trajectories: [{ points: [[0, Number.NaN]] }] }, /points\[0\]\[1\]: expected a finite/],
    ['an unknown kind', { equilibria: [{ x: 0, y: 0, kind: 'node' }] }, /'attracting' or 'repelling'/],
    ['a reversed domain', { xDomain: [1, -1] }, /xDomain.*smallest < largest/],
    ['a missing domain', { xDomain: undefined }, /xDomain: expected a range/],
    ['a NaN width', { width: Number.NaN }, /width: expected a number from 160/],
    ['a grid of one', { grid: 1 }, /grid/],
    ['an unknown theme', { theme: 'sepia' }, /theme: expected 'auto' or 'light' or 'dark', got "sepia"/],
  ];
  it.each(bad)('refuses %s', async (_, change, message) => {
    const call = vectorField({ ...rotation, ...change } as never);
    await expect(call).rejects.toThrow(message);
    await expect(call).rejects.toBeInstanceOf(FigureError);
  });
});
