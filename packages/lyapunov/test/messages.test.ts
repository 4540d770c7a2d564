import { describe, expect, it } from 'vitest';
import { entropyBound, type LyapunovSystem, logistic, lyapunovSpectrum, rnnSystem } from '../src/index.js';

const W = [
  [0.5, 0.1],
  [0, 0.4],
];
const kernel = [[1, 0.5]];

describe('the message', () => {
  it('on text in place of a spectrum shows the text', () => {
    expect(() => entropyBound('abc' as never)).toThrow('got "abc". Pass a spectrum.');
  });

  it('on a system that was not called shows its name only', () => {
    const run = () => lyapunovSpectrum(logistic as unknown as LyapunovSystem, { steps: 5 });
    expect(run).toThrow('got the function logistic.');
  });

  it('on a number in quotes shows the quotes', () => {
    const options = { steps: 5, exponents: '2' as never };
    expect(() => lyapunovSpectrum(logistic(), options)).toThrow('got "2".');
  });

  it('on W of another size than the kernel speaks of W', () => {
    expect(() => rnnSystem({ W: [[0.5]], kernel })).toThrow(
      'expected W [2, 2] with a kernel of 2 columns, [inputDim, units], got [1, 1]',
    );
  });

  it.each(['methods', 'webassembly'] as const)(
    'on a driven network without inputs asks for them (%s)',
    (propagation) => {
      const system = rnnSystem({ W, kernel });
      expect(() => lyapunovSpectrum(system, { steps: 5, propagation })).toThrow(
        'expected input vectors of 1 numbers, got none. The network is driven: give inputs',
      );
    },
  );
});
