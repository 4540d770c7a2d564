import { afterAll, beforeAll, describe } from 'vitest';
import { type Addon, chooseInstructionSet, theAddon } from '../src/addon.js';

const loaded = theAddon();
if ('absence' in loaded) console.warn(`The native kernels are not tested: ${loaded.absence}.`);

/** The addon; only tests that are skipped where there is none may call it. */
export const addon = (): Addon => (loaded as { addon: Addon }).addon;

export const instructionSets: string[] = 'addon' in loaded ? loaded.addon.instructionSets() : [];

/** Runs the tests once over each instruction set that this machine has. */
export function describeEach(title: string, tests: (name: string) => void): void {
  if (instructionSets.length === 0) {
    describe.skip(`${title}, native`, () => tests(''));
    return;
  }
  describe.each(instructionSets)(`${title}, %s`, (name) => {
    beforeAll(() => chooseInstructionSet(addon(), name));
    afterAll(() => chooseInstructionSet(addon(), instructionSets[0]!));
    tests(name);
  });
}
