import type { Config } from '../config/schema.js';
import { contractionFactor } from './keep-stable.js';
import { type SpectrumMetrics, spectrumMetrics } from './spectrum-metrics.js';
import { type StabilityMetrics, stabilityMetrics } from './stability-metrics.js';
import type { Stage } from './stage.js';

/** What is measured of a stage's layer after an epoch, and the time that took in this process. */
export class EpochFigures {
  /** Milliseconds. */
  readonly times = { stability: 0, spectrum: 0 };
  private readonly exponents: ReturnType<typeof spectrumMetrics> | undefined;

  /** Made before the first step, so that a task that cannot have exponents says so at once. */
  constructor(
    private readonly stage: Stage,
    private readonly config: Config,
  ) {
    this.exponents = config.spectrum ? spectrumMetrics(stage) : undefined;
  }

  /** Eigenvalues, norms and Theorem 1 of the layer's matrices, and the factor that `--stable` bounds. */
  stability(): Partial<StabilityMetrics> & { contraction_factor?: number } {
    const { layer } = this.stage;
    return this.timed('stability', () => ({
      ...stabilityMetrics(layer),
      ...(this.config.stable !== undefined && { contraction_factor: contractionFactor(layer) as number }),
    }));
  }

  /** Exponents after every so many epochs and after the last; nothing after the others. */
  spectrum(epoch: number): Partial<SpectrumMetrics> {
    const { spectrumEvery, epochs } = this.config;
    const { exponents } = this;
    const due = (epoch + 1) % spectrumEvery === 0 || epoch + 1 === epochs;
    return exponents !== undefined && due ? this.timed('spectrum', exponents) : {};
  }

  private timed<T>(what: 'stability' | 'spectrum', measure: () => T): T {
    const from = performance.now();
    const measured = measure();
    this.times[what] += performance.now() - from;
    return measured;
  }
}
