import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { largestStableStep, lstmContractionFactor, singularValues } from '@hurwitz/stability';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefused, hurwitz, temporaryFolder } from './command.js';
import { replaceWeights } from './replace-weights.js';

let folder = '';
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

const small = '--length 6 --epochs 1 --batch-size 1000 --backend wasm --seed 3';

async function trained(name: string, flags: string): Promise<string> {
  const { code, output } = await hurwitz(`train adding ${small} ${flags} --out ${name}`.split(' '), folder);
  expect(code, output).toBe(0);
  return join(folder, name);
}

/** Runs the command and reads what it wrote. */
async function analysed(name: string): Promise<{ output: string; stage: Record<string, never> }> {
  const { code, output } = await hurwitz(['analyse', name, '--backend', 'wasm'], folder);
  expect(code, output).toBe(0);
  const path = join(folder, name, 'analysis.json');
  const { stages } = JSON.parse(readFileSync(path, 'utf8')) as { stages: Record<string, never>[] };
  return { output: output.replace(/\s+/g, ' '), stage: stages[0] as Record<string, never> };
}

/** The weights of a model of two units: kernel [2, 2], M_A, M_W, bias [2], readout [2, 1] and its bias. */
function writeWeights(run: string, { MA, MW }: { MA: number[]; MW: number[] }): void {
  const values = Float32Array.of(...[0.3, -0.2, 0.1, 0.4], ...MA, ...MW, 0, 0, 1, -1, 0);
  replaceWeights(join(run, 'models', 'lipschitz'), values);
}

describe('analyse on known matrices, dh/dt = A h + tanh(W h + U x) with β = 3/4, γ = 0.001', () => {
  // A = M - Mᵀ/2 - γI = -1.001 I; W = 1.5 M - γI = [-0.001, 0.6; -0.6, -0.001].
  const damped = { MA: [-2, 0, 0, -2], MW: [0, 0.4, -0.4, 0] };

  it('gives the closed forms of Theorem 1, its requirements, the equilibrium and the largest step (1e-6)', async () => {
    writeWeights(await trained('known', '--units 2 --epsilon 0.5'), damped);
    const { output, stage } = await analysed('known');
    const { theorem1, requirements, spectra, restPoints, contraction, system } = stage as never as {
      theorem1: { holds: boolean; premise: { maxEigAsym: number }; conditionA: { margin: number } };
      requirements: { gammaA: number; shiftForA: number };
      spectra: {
        A: { re: number; im: number }[];
        W: { re: number; im: number }[];
        singularValuesW: number[];
      };
      restPoints: {
        points: { state: number[]; eigenvalues: never[]; discretisation: { largestStableStep: number } }[];
      };
      contraction: { factor: number };
      system: { A: number[][]; W: number[][]; step: number };
    };
    const sigma = Math.hypot(0.6, 0.001);
    expect(system.A.flat()).toEqual([-1.001, 0, 0, -1.001].map((x) => expect.closeTo(x, 6)));
    expect(system.W.flat()).toEqual([-0.001, 0.6, -0.6, -0.001].map((x) => expect.closeTo(x, 6)));
    expect(theorem1.holds).toBe(true);
    expect(theorem1.premise.maxEigAsym).toBeCloseTo(-1.001, 6);
    expect(theorem1.conditionA.margin).toBeCloseTo(1.001 - sigma, 6);
    expect(requirements.shiftForA).toBeCloseTo(sigma - 1.001, 6);
    expect(requirements.gammaA).toBeCloseTo(sigma - 1, 6);
    expect(spectra.A.map(({ re }) => re)).toEqual([-1.001, -1.001].map((x) => expect.closeTo(x, 6)));
    expect(spectra.W[0]).toEqual({ re: expect.closeTo(-0.001, 6), im: expect.closeTo(0.6, 6) });
    expect(spectra.singularValuesW).toEqual([sigma, sigma].map((x) => expect.closeTo(x, 6)));
    // At rest in the origin the Jacobian is A + W, with eigenvalues -1.002 ± 0.6i.
    expect(restPoints.points).toHaveLength(1);
    const rest = restPoints.points[0];
    expect(rest?.state).toEqual([0, 0].map((x) => expect.closeTo(x, 12)));
    expect(rest?.eigenvalues[0]).toEqual({ re: expect.closeTo(-1.002, 6), im: expect.closeTo(0.6, 6) });
    const limit = (2 * 1.002) / (1.002 ** 2 + 0.6 ** 2); // |1 + ελ| = 1
    expect(rest?.discretisation.largestStableStep).toBeCloseTo(limit, 5);
    expect(contraction.factor).toBeCloseTo(1 - 0.5 * 1.001 + 0.5 * sigma, 6);
    expect(output).toContain('Stable, proved for the layer as it is stepped');
    expect(output).toContain('Globally exponentially stable by Theorem 1');
    expect(output).toContain('Nothing has to change: the layer is certified.');
  });

  it('the certificates that it writes are proofs: their inequalities hold again from the file', async () => {
    const { verifyContraction } = await import('@hurwitz/stability');
    const { stage } = await analysed('known');
    const { stepCertificate, system } = stage as never as {
      stepCertificate: { holds: boolean; P: number[][]; multipliers: number[]; rate: number; factor: number };
      system: { A: number[][]; W: number[][]; step: number };
    };
    expect(stepCertificate.holds).toBe(true);
    const { A, W, step } = system;
    const { P, multipliers, rate } = stepCertificate;
    expect(verifyContraction({ A, W, P, multipliers, rate, step }).holds).toBe(true);
    expect(verifyContraction({ A, W, P, multipliers, rate: 3 * rate, step }).holds).toBe(false);
  });

  it('says that nothing is proved, and what to change, when A grows: A = 0.999 I', async () => {
    cpSync(join(folder, 'known'), join(folder, 'growing'), { recursive: true });
    writeWeights(join(folder, 'growing'), { MA: [2, 0, 0, 2], MW: damped.MW });
    const { output, stage } = await analysed('growing');
    expect(output).toContain(
      'Not stable: without input the layer leaves a rest point (a deviation grows by the factor 1.5',
    );
    expect(output).toContain(
      'Theorem 1 does not apply, since the premise fails: λ_max(A_sym) < 0 fails by 0.999',
    );
    expect(output).toContain('condition (a) needs γ_A above 1.6');
    const { requirements, discretisation } = stage as never as {
      requirements: { gammaA: number };
      discretisation: { largestStableStep: number; holds: boolean };
    };
    expect(requirements.gammaA).toBeCloseTo(0.001 + 0.999 + Math.hypot(0.6, 0.001), 6);
    expect(discretisation).toMatchObject({ largestStableStep: 0, holds: false });
  });

  it('a certified flow whose step is too long is not called a stable layer: A = -1.001 I, ε = 2.5', async () => {
    writeWeights(await trained('long', '--units 2 --epsilon 2.5'), damped);
    const { output, stage } = await analysed('long');
    expect(output).toContain('The flow is proved globally exponentially stable');
    expect(output).toContain('nothing is proved of the layer as it is stepped');
    expect(output).toContain('ε is too long for the Jacobians along the test data');
    const { flowEigenvalues, discretisation } = stage as never as {
      flowEigenvalues: { re: number; im: number }[];
      discretisation: { largestStableStep: number };
    };
    const euler = { a: [[]], b: [1] };
    const expected = largestStableStep({ eigenvalues: flowEigenvalues, scheme: euler });
    expect(discretisation.largestStableStep).toBeCloseTo(expected, 9);
    expect(expected).toBeLessThan(2.5);
  });

  it('the Jacobians are those of the flow whatever the scheme: midpoint and Euler agree at rest (1e-6)', async () => {
    writeWeights(await trained('midpoint', '--units 2 --epsilon 0.5 --scheme midpoint'), damped);
    const { stage, output } = await analysed('midpoint');
    const { restPoints } = stage as never as { restPoints: { points: { eigenvalues: never[] }[] } };
    expect(restPoints.points[0]?.eigenvalues[0]).toEqual({
      re: expect.closeTo(-1.002, 6),
      im: expect.closeTo(0.6, 6),
    });
    expect(output).toContain("the step is midpoint's");
  });

  it('leaves a page and figures', () => {
    const run = join(folder, 'known');
    const page = readFileSync(join(run, 'analysis.html'), 'utf8');
    expect(page.match(/<svg/g)).toHaveLength(3);
    for (const name of ['eigenvalues', 'singular-values', 'end-to-end']) {
      expect(existsSync(join(run, 'figures', `lipschitz-${name}.svg`))).toBe(true);
    }
    expect(readFileSync(join(run, 'analysis.json'), 'utf8')).not.toContain('"NaN"');
  });
});

describe('analyse on the other cells', () => {
  it.each([
    ['antisymmetric', 'dh/dt = tanh(W h + U x + b)', 'the cell has no γ_A'],
    [
      'residual --epsilon 0.1',
      'dh/dt = tanh(W h + U x + b)',
      'Theorem 1 does not apply, since the premise fails',
    ],
    ['vanilla', 'h⁺ = tanh(W h + U x + b)', 'At rest, without input One equilibrium found from 9 starts'],
    ['cayley', 'h⁺ = modrelu(W h + U x; b)', 'Not sought: modReLU has a threshold for each unit'],
    ['exponential --activation tanh', 'h⁺ = tanh(W h + U x + b)', 'the layer is a map, not a flow'],
    ['antisymmetric --gated', 'g ∘ (tanh(W h + U x + b))', 'Not applied: the gate multiplies the field'],
    ['lipschitz --gated', 'g ∘ (A h + tanh(W h + U x + b))', 'Not applied: the gate multiplies the field'],
  ])('%s', async (cell, equation, statement) => {
    const name = cell.replace(/\W+/g, '-');
    await trained(name, `--units 4 --cell ${cell}`);
    const { output } = await analysed(name);
    expect(output).toContain(equation);
    expect(output).toContain(statement);
    expect(output).toContain('∂h_T/∂h_1 over 6 steps, for 4 test sequences');
  });

  it('an orthogonal W has singular values 1 (1e-6), and its step is no contraction', async () => {
    const { stage, output } = await analysed('exponential-activation-tanh');
    const { spectra, contraction } = stage as never as {
      spectra: { singularValuesW: number[] };
      contraction: { factor: number };
    };
    expect(spectra.singularValuesW).toEqual([1, 1, 1, 1].map((x) => expect.closeTo(x, 6)));
    expect(contraction.factor).toBeCloseTo(1, 6);
    expect(output).toContain('Not proved stable');
  });

  it('an LSTM gets the contraction factor of its own weights and the bound of the inputs (1e-12)', async () => {
    const run = await trained('lstm', '--units 3 --cell lstm');
    const { output, stage } = await analysed('lstm');
    const bytes = readFileSync(join(run, 'models', 'lstm', 'weights.bin'));
    const numbers = Array.from({ length: (2 + 3) * 12 + 12 }, (_, i) => bytes.readFloatLE(4 * i));
    const rows = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => numbers.slice(from + 12 * i, from + 12 * (i + 1)));
    const [kernel, recurrentKernel, bias] = [rows(0, 2), rows(24, 3), numbers.slice(60)];
    const { contraction, gates } = stage as never as {
      contraction: { factor: number };
      gates: Record<string, number[]>;
    };
    const expected = lstmContractionFactor({ kernel, recurrentKernel, bias, inputBound: 1 });
    // The adding problem's markers are 1 and its numbers below.
    expect(contraction.factor).toBeCloseTo(expected.factor, 12);
    expect(gates['f']?.[0]).toBeCloseTo(
      singularValues(recurrentKernel.map((row) => row.slice(3, 6)))[0] as number,
      12,
    );
    expect(output).toContain('do not apply to it');
  });

  it('a GRU gets what was seen, and the reason why nothing is proved', async () => {
    await trained('gru', '--units 3 --cell gru');
    const { output } = await analysed('gru');
    expect(output).toContain('Miller and Hardt give conditions for the LSTM, not for the GRU');
    expect(output).toContain('largest spectral radius');
  });

  it('the pendulum: one stage of four by name, started where the task starts', async () => {
    await hurwitz('train pendulum --epochs 1 --length 8 --backend wasm --out pendulum'.split(' '), folder);
    const line = 'analyse pendulum --stage fast-focus --backend wasm';
    const { code, output } = await hurwitz(line.split(' '), folder);
    expect(code, output).toBe(0);
    expect(output).toContain('Asymptotically stable, fast (large γ)');
    expect(output).not.toContain('Unstable (γ < 0)');
  });
});

describe('analyse says what is wrong and what to do', () => {
  it.each([
    ['analyse nowhere', 'nowhere is not a run folder'],
    ['analyse known --stage lipshitz', 'Unknown stage lipshitz. Did you mean lipschitz?'],
    ['analyse known --backend wsam', 'Did you mean wasm?'],
    [
      'analyse unfinished',
      'has no trained model yet: a model is saved when its training ends. Go on with: hurwitz train --resume',
    ],
    ['analyse overflown', 'holds a number that is not finite'],
  ])('hurwitz %s', async (line, message) => {
    mkdirSync(join(folder, 'unfinished'), { recursive: true });
    cpSync(join(folder, 'known', 'config.json'), join(folder, 'unfinished', 'config.json'));
    cpSync(join(folder, 'known'), join(folder, 'overflown'), { recursive: true });
    writeWeights(join(folder, 'overflown'), { MA: [Number.NaN, 0, 0, 0], MW: [0, 0, 0, 0] });
    await expectRefused(line.split(' '), folder, message);
  });
});
