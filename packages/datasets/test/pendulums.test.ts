import { describe, expect, it } from 'vitest';
import {
  DatasetError,
  doublePendulum,
  doublePendulumEnergy,
  forecasting,
  simplePendulum,
  simplePendulumEnergy,
  type Trajectories,
} from '../src/index.js';
import references from './fixtures/double-pendulum.json' with { type: 'json' };

const state = ({ states, shape: [, samples, dimension] }: Trajectories, trajectory: number, sample: number) =>
  states.subarray(
    (trajectory * samples + sample) * dimension,
    (trajectory * samples + sample + 1) * dimension,
  );

/** Arithmetic-geometric means of 1 and sqrt(1 - k^2), with the halved differences c. */
function means(k: number): { a: number[]; c: number[] } {
  const [a, b, c] = [[1], [Math.sqrt(1 - k * k)], [k]];
  while (Math.abs(c.at(-1)!) > 1e-16) {
    const [an, bn] = [a.at(-1)!, b.at(-1)!];
    a.push((an + bn) / 2);
    b.push(Math.sqrt(an * bn));
    c.push((an - bn) / 2);
  }
  return { a, c };
}

/** Complete elliptic integral K(k) = pi / (2 AGM(1, sqrt(1 - k^2))). */
const quarterPeriod = (k: number) => Math.PI / 2 / means(k).a.at(-1)!;

/** Jacobi's sn(u, k) by descending Landen transformations (Abramowitz and Stegun 16.4). */
function sn(u: number, k: number): number {
  const { a, c } = means(k);
  let phi = 2 ** (a.length - 1) * a.at(-1)! * u;
  for (let n = a.length - 1; n > 0; n--) phi = (phi + Math.asin((c[n]! / a[n]!) * Math.sin(phi))) / 2;
  return Math.sin(phi);
}

describe('simplePendulum', () => {
  it.each([
    [50, 0.1, 0.01, 1, 9.81],
    [50, 1.5, 0.05, 0.3, 9.81],
    [50, 2.5, 0.1, 1, 9.81],
    [10, 3.1, 0.1, 2, 1.62],
    [50, 2.5, 3.7, 1, 9.81],
  ])(
    'follows Jacobi elliptic functions to 1e-8 over %d periods: start %d rad, dt %d, length %d, gravity %d',
    (periods, theta0, dt, length, gravity) => {
      const k = Math.sin(theta0 / 2);
      const frequency = Math.sqrt(gravity / length);
      const K = quarterPeriod(k);
      const samples = Math.ceil((periods * 4 * K) / frequency / dt) + 1;
      const initialStates = [[theta0, 0]];
      const pendulum = simplePendulum({ samples, dt, length, gravity, initialStates });
      let worst = 0;
      for (let i = 0; i < samples; i++) {
        const exact = 2 * Math.asin(k * sn(K - frequency * ((i * dt) % ((4 * K) / frequency)), k));
        worst = Math.max(worst, Math.abs(state(pendulum, 0, i)[0]! - exact));
      }
      expect(worst).toBeLessThan(1e-8);
    },
  );

  it('returns to its start after 4 K(sin(theta0 / 2)) sqrt(l / g), to 1e-10 in angle and velocity', () => {
    for (const theta0 of [0.5, 1, 2, 3]) {
      const dt = (4 * quarterPeriod(Math.sin(theta0 / 2))) / Math.sqrt(9.81) / 64;
      const [theta, omega] = state(simplePendulum({ samples: 65, dt, initialStates: [[theta0, 0]] }), 0, 64);
      expect(Math.abs(theta! - theta0)).toBeLessThan(1e-10);
      expect(Math.abs(omega!)).toBeLessThan(1e-10);
    }
  });

  it('keeps its energy to 1e-11 of it over 100 s, swinging or turning over', () => {
    const pendulum = simplePendulum({
      samples: 1001,
      dt: 0.1,
      size: 5,
      maxAngle: 3,
      maxVelocity: 8,
      mass: 2.5,
      seed: 4,
    });
    for (let i = 0; i < 5; i++) {
      const energies = Array.from({ length: 1001 }, (_, k) =>
        simplePendulumEnergy(state(pendulum, i, k), { mass: 2.5 }),
      );
      for (const energy of energies) expect(Math.abs(energy / energies[0]! - 1)).toBeLessThan(1e-11);
    }
  });

  it('with friction and small angles is the damped oscillator, to 1e-8 of its amplitude over 20 s', () => {
    const [length, mass, damping, amplitude] = [0.7, 1.9, 0.4, 1e-6];
    const decay = damping / (mass * length ** 2) / 2;
    const frequency = Math.sqrt(9.81 / length - decay ** 2);
    const options = { samples: 201, dt: 0.1, length, mass, damping, initialStates: [[amplitude, 0]] };
    const pendulum = simplePendulum(options);
    for (let i = 0; i <= 200; i++) {
      const t = i * 0.1;
      const phase = frequency * t;
      const exact =
        amplitude * Math.exp(-decay * t) * (Math.cos(phase) + (decay / frequency) * Math.sin(phase));
      expect(Math.abs(state(pendulum, 0, i)[0]! - exact)).toBeLessThan(1e-8 * amplitude);
    }
  });

  it('draws initial states from (seed, number): the same in any grouping, within the bounds, others for others', () => {
    const draw = (options: { size: number; first?: number; seed?: number }) =>
      simplePendulum({ samples: 1, dt: 1, maxAngle: 0.3, maxVelocity: 2, ...options }).states;
    const all = draw({ size: 200 });
    expect(draw({ size: 3, first: 5 })).toEqual(all.slice(10, 16));
    expect(draw({ size: 3, seed: 1 })).not.toEqual(all.slice(0, 6));
    const largest = (component: number) =>
      Math.max(...all.filter((_, i) => i % 2 === component).map(Math.abs));
    expect(largest(0)).toBeLessThan(0.3);
    expect(largest(0)).toBeGreaterThan(0.28);
    expect(largest(1)).toBeLessThan(2);
    expect(largest(1)).toBeGreaterThan(1.9);
  });

  it('rests at the bottom, and keeps going straight without gravity', () => {
    expect(Array.from(simplePendulum({ samples: 3, dt: 1, initialStates: [[0, 0]] }).states)).toEqual(
      new Array(6).fill(0),
    );
    const free = simplePendulum({ samples: 3, dt: 2, gravity: 0, initialStates: [[1, 0.5]] });
    for (const [i, angle] of [1, 2, 3].entries()) expect(state(free, 0, i)[0]).toBeCloseTo(angle, 12);
  });

  it.each([
    ['a length of 0', { length: 0 }, 'length to be a finite number greater than 0, got 0'],
    ['a NaN mass', { mass: Number.NaN }, 'mass to be a finite number greater than 0, got NaN'],
    ['negative friction', { damping: -1 }, 'damping to be a finite number of at least 0, got -1'],
    ['an infinite gravity', { gravity: Number.POSITIVE_INFINITY }, 'gravity'],
    ['a dt of 0', { dt: 0 }, 'dt to be'],
    ['no samples', { samples: 0 }, 'samples to be an integer'],
    ['a short state', { initialStates: [[1]] }, 'finite states [theta, omega], got [1]'],
    ['a NaN state', { initialStates: [[1, Number.NaN]] }, 'got [1, NaN]'],
    ['no state', { initialStates: [] }, 'got no state'],
    ['a negative bound', { maxAngle: -1 }, 'maxAngle'],
  ])('refuses %s', (_, change, message) => {
    expect(() => simplePendulum({ samples: 5, dt: 0.1, ...change })).toThrow(DatasetError);
    expect(() => simplePendulum({ samples: 5, dt: 0.1, ...change })).toThrow(message);
  });

  it.each([
    ['too stiff', { damping: 1e6, maxVelocity: 10 }],
    ['too long a dt', { dt: 1e6 }],
    ['angles that float64 cannot resolve', { initialStates: [[1e300, 1]] }],
    ['overflow', { initialStates: [[1, 1e200]] }],
  ])('says so when the integration fails: %s', (_, change) => {
    expect(() => simplePendulum({ samples: 5, dt: 0.1, ...change })).toThrow(
      'expected the integration to reach t = ',
    );
  });
});

describe('doublePendulum', () => {
  it.each(references)(
    "$name: the states of an independent 25-digit integration of Newton's equations, to 1e-8",
    (reference) => {
      const { parameters, initialState, samples } = reference;
      for (const dt of [0.01, 0.05, 0.25]) {
        const [masses, lengths, damping] = [parameters.masses, parameters.lengths, parameters.damping] as [
          number,
          number,
        ][];
        const steps = samples.at(-1)!.t / dt;
        const pendulum = doublePendulum({
          samples: Math.round(steps) + 1,
          dt,
          masses,
          lengths,
          damping,
          initialStates: [initialState],
        });
        for (const sample of samples) {
          const got = state(pendulum, 0, Math.round(sample.t / dt));
          for (const [j, exact] of sample.state.entries())
            expect(Math.abs(got[j]! - exact)).toBeLessThan(1e-8);
        }
      }
    },
  );

  it('keeps its energy to 1e-10 of it over 60 s of chaos', () => {
    const parameters = { masses: [1.5, 0.4] as const, lengths: [0.5, 1.2] as const };
    const pendulum = doublePendulum({
      samples: 1201,
      dt: 0.05,
      size: 3,
      maxAngle: 3,
      maxVelocity: 6,
      seed: 2,
      ...parameters,
    });
    for (let i = 0; i < 3; i++) {
      const start = doublePendulumEnergy(state(pendulum, i, 0), parameters);
      for (let k = 0; k < 1201; k++) {
        expect(Math.abs(doublePendulumEnergy(state(pendulum, i, k), parameters) / start - 1)).toBeLessThan(
          1e-10,
        );
      }
    }
  });

  it.each([-1, 1])(
    'swings in its normal mode %i at small angles: omega^2 = (2 -+ sqrt 2) g / l, to 1e-8 of the amplitude',
    (mode) => {
      const amplitude = 1e-6;
      const frequency = Math.sqrt((2 + mode * Math.SQRT2) * 9.81);
      const pendulum = doublePendulum({
        samples: 401,
        dt: 0.05,
        initialStates: [[amplitude, -mode * Math.SQRT2 * amplitude, 0, 0]],
      });
      for (let k = 0; k <= 400; k++) {
        const [theta1, theta2] = state(pendulum, 0, k);
        const exact = amplitude * Math.cos(frequency * k * 0.05);
        expect(Math.abs(theta1! - exact)).toBeLessThan(1e-8 * amplitude);
        expect(Math.abs(theta2! + mode * Math.SQRT2 * exact)).toBeLessThan(1e-8 * amplitude);
      }
    },
  );

  it('loses energy at the rate of its friction, c1 omega1^2 + c2 (omega2 - omega1)^2, to 1e-5 W (central difference)', () => {
    const damping = [0.3, 0.2] as const;
    const dt = 1e-4;
    const start = [0.9, -1.3, 2, -3];
    const pendulum = doublePendulum({ samples: 3, dt, damping, initialStates: [start] });
    const energies = [0, 1, 2].map((k) => doublePendulumEnergy(state(pendulum, 0, k)));
    const [, , omega1, omega2] = state(pendulum, 0, 1);
    const power = damping[0] * omega1! ** 2 + damping[1] * (omega2! - omega1!) ** 2;
    expect(Math.abs((energies[0]! - energies[2]!) / (2 * dt) - power)).toBeLessThan(1e-5);
  });

  it('refuses parameters that are no pairs of positive numbers, and states of another system', () => {
    const options = { samples: 2, dt: 0.1 };
    expect(() => doublePendulum({ ...options, masses: [1, 0] })).toThrow(
      'each of masses to be a finite number greater',
    );
    expect(() => doublePendulum({ ...options, lengths: [1] as unknown as [number, number] })).toThrow(
      'two lengths',
    );
    expect(() => doublePendulum({ ...options, damping: [0, -1] })).toThrow(DatasetError);
    expect(() => doublePendulum({ ...options, initialStates: [[1, 0]] })).toThrow(
      '[theta1, theta2, omega1, omega2]',
    );
    expect(() => doublePendulum({ ...options, initialStates: [[1, 1, 1e200, 1e200]] })).toThrow(
      'keep the energy',
    );
  });
});

describe('forecasting', () => {
  const pendulum = simplePendulum({ samples: 6, dt: 0.1, size: 3 });

  it('pairs every state with the one horizon samples later', () => {
    const { inputs, targets, steps, inputDim, targetShape, size } = forecasting(pendulum, { horizon: 2 });
    expect([size, steps, inputDim, targetShape]).toEqual([3, 4, 2, [4, 2]]);
    for (let i = 0; i < 3; i++) {
      for (let t = 0; t < 4; t++) {
        const at = (i * 4 + t) * 2;
        expect(inputs.slice(at, at + 2)).toEqual(Float32Array.from(state(pendulum, i, t)));
        expect(targets.slice(at, at + 2)).toEqual(Float32Array.from(state(pendulum, i, t + 2)));
      }
    }
  });

  it('refuses a horizon of 0 or beyond the trajectory', () => {
    expect(() => forecasting(pendulum, { horizon: 0 })).toThrow('horizon to be an integer');
    expect(() => forecasting(pendulum, { horizon: 6 })).toThrow('below the 6 samples');
  });
});
