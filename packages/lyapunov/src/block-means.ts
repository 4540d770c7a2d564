/** Between FEWEST and MOST blocks are kept: enough for a deviation, few enough for blocks longer than the memory. */
const FEWEST = 16;
const MOST = 2 * FEWEST;

/**
 * Standard errors of time averages along one trajectory, by the method of batch means in bounded memory: growth is
 * summed over equal blocks of time, and whenever there are 32 blocks neighbours merge into 16 of twice the length.
 * Blocks longer than the correlation time are nearly independent, so their means spread as the average's error does.
 */
export class BlockMeans {
  private blocks: { growth: Float64Array; duration: number }[] = [];
  private open: Float64Array;
  private openDuration = 0;
  private blockDuration = 1;

  constructor(private readonly count: number) {
    this.open = new Float64Array(count);
  }

  /** Adds the growth of each exponent over `duration` steps. */
  add(growth: ArrayLike<number>, duration: number): void {
    for (let j = 0; j < this.count; j++) this.open[j]! += growth[j]!;
    this.openDuration += duration;
    if (this.openDuration < this.blockDuration) return;
    this.blocks.push({ growth: this.open, duration: this.openDuration });
    this.open = new Float64Array(this.count);
    this.openDuration = 0;
    if (this.blocks.length === MOST) this.merge();
  }

  private merge(): void {
    this.blocks = Array.from({ length: FEWEST }, (_, i) => {
      const first = this.blocks[2 * i]!;
      const second = this.blocks[2 * i + 1]!;
      return {
        growth: first.growth.map((value, j) => value + second.growth[j]!),
        duration: first.duration + second.duration,
      };
    });
    this.blockDuration = this.blocks[0]!.duration;
  }

  /** Standard error of each rate per step; Infinity while there are too few blocks to tell. */
  standardErrors(): number[] {
    return Array.from({ length: this.count }, (_, j) =>
      this.blocks.length < FEWEST
        ? Number.POSITIVE_INFINITY
        : standardError(this.blocks.map(({ growth, duration }) => growth[j]! / duration)),
    );
  }
}

/**
 * Standard error of the mean of independent samples: sample deviation / sqrt(number). 0 where all are -Infinity (they
 * agree), Infinity where only some are, or where there is one sample only.
 */
export function standardError(samples: readonly number[]): number {
  const infinite = samples.filter((value) => value === Number.NEGATIVE_INFINITY).length;
  if (infinite > 0) return infinite === samples.length ? 0 : Number.POSITIVE_INFINITY;
  const n = samples.length;
  if (n < 2) return Number.POSITIVE_INFINITY;
  const mean = samples.reduce((sum, value) => sum + value, 0) / n;
  const squares = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (n - 1) / n);
}
