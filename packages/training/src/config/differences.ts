import { isDeepStrictEqual } from 'node:util';

/** An entry that two objects do not share. */
export interface Difference {
  key: string;
  /** As JSON, or `nothing`. */
  before: string;
  after: string;
}

/** The entries in which plain objects differ, in the order in which they come. */
export function differences(before: object, after: object): Difference[] {
  const [was, is] = [before, after] as [Record<string, unknown>, Record<string, unknown>];
  const show = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((key) => !isDeepStrictEqual(was[key], is[key]))
    .map((key) => ({ key, before: show(was[key]), after: show(is[key]) }));
}
