import { z } from 'zod';

/** What a flag takes, as the help shows it; a switch takes nothing. */
export type FlagKind = 'number' | 'list' | 'name' | 'folder' | 'switch';
/** Under which heading the help shows a flag. */
export const flagGroups = ['Model', 'Task', 'Training', 'Machine'] as const;
export type FlagGroup = (typeof flagGroups)[number];

/** One value of a configuration: what it may be, and its flag. */
export interface Option<Schema extends z.ZodType = z.ZodType> {
  schema: Schema;
  kind: FlagKind;
  group: FlagGroup;
  /** For the help. */
  about: string;
  /** Where the task says nothing else. */
  default?: z.output<Schema>;
}

/** Options by their key. */
export type Options = Readonly<Record<string, Option>>;

/** The values of some options. */
export type ValuesOf<Own extends Options> = z.output<z.ZodObject<{ [Key in keyof Own]: Own[Key]['schema'] }>>;

/** Why values of options do not go together, by the key of the one to change. */
export type Refusals = Record<string, string | undefined>;

export const option = <Schema extends z.ZodType>(
  schema: Schema,
  flag: Omit<Option<Schema>, 'schema'>,
): Option<Schema> => ({ schema, ...flag });

export const real = z.number('must be a finite number');
export const positive = real.positive('must be greater than 0');
export const whole = z.int({
  error: ({ code }) =>
    code === 'too_big' ? `must be at most ${Number.MAX_SAFE_INTEGER}` : 'must be a whole number',
});
export const count = whole.positive('must be at least 1');
/** From 0 to 1, both included. */
export const share = real.min(0, 'must lie in [0, 1]').max(1, 'must lie in [0, 1]');
/** From 0 to 1, without 1. */
export const part = real.min(0, 'must lie in [0, 1)').lt(1, 'must lie in [0, 1)');
