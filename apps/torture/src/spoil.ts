import { appendFileSync, copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import type { Random } from './random.js';

/** The ways in which a file is spoilt, each with its share. */
export const spoilings = [
  'bit',
  'bit',
  'bit',
  'bit',
  'bit',
  'bit',
  'bit',
  'cut',
  'gone',
  'zeros',
  'longer',
  'swapped',
] as const;
export type Spoiling = (typeof spoilings)[number];

/** Spoils a file and says how; undefined when that left it as it was. `other` is a file of the same kind. */
export function spoil(
  path: string,
  how: Spoiling,
  { random, other }: { random: Random; other?: string },
): string | undefined {
  const before = readFileSync(path);
  const at = random.below(before.length);
  switch (how) {
    case 'bit': {
      const bit = random.below(8);
      const bytes = Buffer.from(before);
      bytes[at]! ^= 1 << bit;
      writeFileSync(path, bytes);
      return `bit ${bit} of byte ${at} flipped`;
    }
    case 'cut':
      truncateSync(path, at);
      return `cut after ${at} bytes`;
    case 'gone':
      rmSync(path);
      return 'deleted';
    case 'zeros': {
      // A sector that never reached the disk.
      const bytes = Buffer.from(before).fill(0, at, Math.min(at + 512, before.length));
      if (bytes.equals(before)) return undefined;
      writeFileSync(path, bytes);
      return `zeros from byte ${at}`;
    }
    case 'longer':
      appendFileSync(path, before.subarray(at));
      return `its last ${before.length - at} bytes twice`;
    case 'swapped':
      if (other === undefined || readFileSync(other).equals(before)) return undefined;
      copyFileSync(other, path);
      return 'in its place that of another run';
  }
}
