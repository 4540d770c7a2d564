/** Between FEWEST and MOST blocks are kept: enough for a deviation, few enough for blocks longer than the memory. */
const FEWEST = 16;
const MOST = 2 * FEWEST;

/** Fewest steps of a block: means of fewer say nothing about what repeats. */
const SHORTEST = 4;

/** Neighbouring blocks that correlate by more than this are shorter than the memory of the growth. */
const CORRELATED = 0.5;

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

  /**
   * Whether the standard error of each rate may be believed: there are enough blocks of at least four steps, and
   * neighbouring blocks do not vary together, as they do along a transient, a drift or a memory longer than a block. A
   * standard error below `negligible` needs neither.
   */
  settled(negligible: number): boolean[] {
    const { blocks } = this;
    return Array.from({ length: this.count }, (_, j) => {
      if (blocks.length < FEWEST) return false;
      const rates = blocks.map(({ growth, duration }) => growth[j]! / duration);
      if (standardError(rates) <= negligible) return true;
      return blocks[0]!.duration >= SHORTEST && correlation(rates) < CORRELATED;
    });
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

/** Correlation of each sample with the next; NaN where a sample is not finite. */
function correlation(samples: readonly number[]): number {
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  const apart = samples.map((value) => value - mean);
  const squares = apart.reduce((sum, value) => sum + value * value, 0);
  return apart.slice(1).reduce((sum, value, i) => sum + value * apart[i]!, 0) / squares;
}
