import { describe, expect, it } from 'vitest';

/** Values of kinds that no function takes everywhere. */
export const hostileValues: readonly unknown[] = [
  undefined,
  null,
  Number.NaN,
  -1,
  'x',
  true,
  [],
  {},
  [[]],
  [null],
  () => 1,
  Symbol('s'),
  10n,
];

/** Whether a value is a plain object, as options are. */
export const isOptions = (value: unknown): value is Record<string, unknown> =>
  Object.getPrototypeOf(value ?? 0) === Object.prototype;

/**
 * Puts each hostile value in the place of each argument of a valid call, and of each option of an argument that holds some.
 * Every such call must answer, or throw an error of the class. The two functions make their values anew for each call.
 */
export function expectAnswerOrError(
  call: (args: unknown[]) => unknown,
  {
    valid,
    hostile = () => hostileValues,
    options: holdsOptions = isOptions,
    Refusal,
  }: {
    valid: () => unknown[];
    hostile?: () => readonly unknown[];
    options?: (value: unknown) => value is Record<string, unknown>;
    Refusal: abstract new (...args: never[]) => Error;
  },
): void {
  call(valid());
  const tries = valid().flatMap((arg, i) => {
    const at = (value: unknown) => valid().map((other, j) => (j === i ? value : other));
    const options = holdsOptions(arg) ? arg : {};
    return [
      ...hostile().map(at),
      ...Object.keys(options).flatMap((key) => hostile().map((value) => at({ ...options, [key]: value }))),
    ];
  });
  for (const args of tries) {
    try {
      call(args);
    } catch (error) {
      expect(error, String(error)).toBeInstanceOf(Refusal);
    }
  }
}

/**
 * Tests that every public function of a package is among `calls`, with a valid call each, and answers or throws the
 * package's error when any argument or option of it is hostile.
 */
export function describeHostileCalls(
  functions: object,
  calls: Readonly<Record<string, unknown[]>>,
  settings: Omit<Parameters<typeof expectAnswerOrError>[1], 'valid'>,
): void {
  const named = functions as Record<string, (...args: unknown[]) => unknown>;

  describe(`every function answers, or says what is wrong by its ${settings.Refusal.name}`, () => {
    it('and all of them are tried', () => {
      const names = Object.keys(named).filter(
        (name) => typeof named[name] === 'function' && !name.endsWith('Error'),
      );
      expect(Object.keys(calls).sort()).toEqual(names.sort());
    });

    for (const [name, valid] of Object.entries(calls)) {
      it(`${name}: any argument or option missing, null or of a wrong kind`, () => {
        expectAnswerOrError((args) => named[name]!(...args), { valid: () => valid, ...settings });
      });
    }
  });
}
