import { generator } from '@hurwitz/random';

/** Draws from a seed: numbers, indices, members of a list. */
export class Random {
  private readonly uniform: () => number;

  constructor(seed: number) {
    this.uniform = generator(seed).uniform;
  }

  /** In [0, 1). */
  next(): number {
    return this.uniform();
  }

  /** A whole number from 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}
