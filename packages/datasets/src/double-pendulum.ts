import { describe, readOptions, requireNumbers, requirePositive } from './checks.js';
import { DatasetError } from './errors.js';
import { type SamplingOptions, samplingNames, simulate, type Trajectories } from './trajectories.js';

/** Two point masses on rigid massless rods, one hanging from the other, in SI units: [upper, lower]. */
export interface DoublePendulumParameters {
  lengths?: readonly [number, number];
  masses?: readonly [number, number];
  gravity?: number;
  /** Torque per angular velocity, in N m s: at the support, and at the joint between the rods. */
  damping?: readonly [number, number];
}

/**
 * Trajectories of the double pendulum: states (theta1, theta2, omega1, omega2), both angles from hanging straight
 * down in radians (not wrapped). With d = theta1 - theta2 the angular accelerations a1, a2 solve
 *
 *     (m1 + m2) l1^2 a1 + m2 l1 l2 cos(d) a2 = -m2 l1 l2 sin(d) omega2^2 - (m1 + m2) g l1 sin(theta1) + q1
 *     m2 l1 l2 cos(d) a1 + m2 l2^2 a2       =  m2 l1 l2 sin(d) omega1^2 - m2 g l2 sin(theta2) + q2
 *
 * with the friction q1 = -c1 omega1 + c2 (omega2 - omega1), q2 = -c2 (omega2 - omega1) (Lagrange's equations).
 *
 * The motion is chaotic, so errors grow with time. Against a 25-digit integration the samples are within 1e-10 for
 * the first 5 s with both rods almost upright and the first 3 s at 10 rad/s, and stay there much longer after calmer
 * starts; energy is kept to 1e-10 over minutes. Not bit for bit the same on every platform (sine and cosine).
 *
 * @throws {DatasetError} if a parameter is not finite or out of range, or the integration fails.
 */
export function doublePendulum(options: DoublePendulumParameters & SamplingOptions): Trajectories {
  const where = 'doublePendulum';
  const {
    lengths = [1, 1],
    masses = [1, 1],
    gravity = 9.81,
    damping = [0, 0],
    ...sampling
  } = readOptions(where, options, [...parameterNames, ...samplingNames]);
  requireParameters(where, { lengths, masses, gravity, damping });
  const [l1, l2] = lengths;
  const [m1, m2] = masses;
  const [c1, c2] = damping;
  const upper = (m1 + m2) * l1 * l1;
  const lower = m2 * l2 * l2;
  const coupling = m2 * l1 * l2;
  const field = (_t: number, state: number[]) => {
    const [theta1, theta2, omega1, omega2] = state as [number, number, number, number];
    const cos = coupling * Math.cos(theta1 - theta2);
    const sin = coupling * Math.sin(theta1 - theta2);
    const joint = c2 * (omega2 - omega1);
    const q1 = -sin * omega2 * omega2 - (m1 + m2) * gravity * l1 * Math.sin(theta1) - c1 * omega1 + joint;
    const q2 = sin * omega1 * omega1 - m2 * gravity * l2 * Math.sin(theta2) - joint;
    const determinant = upper * lower - cos * cos;
    return [omega1, omega2, (lower * q1 - cos * q2) / determinant, (upper * q2 - cos * q1) / determinant];
  };
  const system = {
    name: 'double-pendulum',
    components: ['theta1', 'theta2', 'omega1', 'omega2'],
    field,
    energy: (state: ArrayLike<number>) => doublePendulumEnergy(state, { lengths, masses, gravity }),
    friction: c1 > 0 || c2 > 0,
  };
  return simulate(where, system, sampling);
}

const parameterNames = ['lengths', 'masses', 'gravity', 'damping'] as const;

/**
 * Energy of a state (theta1, theta2, omega1, omega2), in joules, zero at rest.
 *
 * @throws {DatasetError} if the state is not of four finite numbers, or a parameter is not finite or out of range.
 */
export function doublePendulumEnergy(
  state: ArrayLike<number>,
  parameters?: DoublePendulumParameters,
): number {
  const where = 'doublePendulumEnergy';
  const {
    lengths = [1, 1],
    masses = [1, 1],
    gravity = 9.81,
    damping = [0, 0],
  } = readOptions(where, parameters, parameterNames);
  requireParameters(where, { lengths, masses, gravity, damping });
  requireNumbers(where, 'state', state, 4);
  const [l1, l2] = lengths;
  const [m1, m2] = masses;
  const [theta1, theta2, v1, v2] = [state[0]!, state[1]!, l1 * state[2]!, l2 * state[3]!];
  const kinetic = ((m1 + m2) * v1 * v1 + m2 * v2 * v2) / 2 + m2 * v1 * v2 * Math.cos(theta1 - theta2);
  const fall = (theta: number) => 2 * Math.sin(theta / 2) ** 2;
  return kinetic + gravity * ((m1 + m2) * l1 * fall(theta1) + m2 * l2 * fall(theta2));
}

function requireParameters(where: string, parameters: Required<DoublePendulumParameters>): void {
  requirePositive(where, 'gravity', parameters.gravity, true);
  for (const name of ['lengths', 'masses', 'damping'] as const) {
    const pair = parameters[name];
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw new DatasetError(where, `two ${name}, [upper, lower]`, describe(pair), 'Give one for each rod');
    }
    for (const value of pair) requirePositive(where, `each of ${name}`, value, name === 'damping');
  }
}
