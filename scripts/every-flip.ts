import { readFileSync, writeFileSync } from 'node:fs';

/** Flips every bit of a file, one after the other, or every so many-th; returns how many it flipped. */
export function everyFlip(path: string, check: () => void, { stride = 1 } = {}): number {
  const whole = readFileSync(path);
  let flips = 0;
  for (let bit = 0; bit < whole.length * 8; bit += stride) {
    const bytes = Buffer.from(whole);
    bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
    writeFileSync(path, bytes);
    check();
    flips += 1;
  }
  writeFileSync(path, whole);
  return flips;
}
