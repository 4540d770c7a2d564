import { DynamicalLayer } from '@hurwitz/cells';
import type { Config, Metrics, Progress, Stage, StageTimes, TrainingObserver } from '@hurwitz/training';
import { Presets, SingleBar } from 'cli-progress';

/** A progress bar with loss, accuracy and time left on a terminal; a line an epoch elsewhere. */
export class ConsoleObserver implements TrainingObserver {
  private readonly bar?: SingleBar;

  constructor(
    stage: Stage,
    private readonly config: Config,
    { epoch, batch }: Progress,
  ) {
    if (process.stderr.isTTY !== true) return;
    const format = `${stage.name} {bar} {percentage}% | epoch {epoch}/${config.epochs} | {numbers} | {eta_formatted} left`;
    this.bar = new SingleBar({ format, etaBuffer: 50, stopOnComplete: false }, Presets.shades_classic);
    const total = config.epochs * stage.batchesPerEpoch;
    this.bar.start(total, epoch * stage.batchesPerEpoch + batch, { epoch: epoch + 1, numbers: '' });
  }

  step(stage: Stage, { epoch, batch, sums }: Progress): void {
    const loss = `loss ${(sums.loss / sums.samples).toPrecision(4)}`;
    const right =
      stage.correct === undefined ? '' : `, accuracy ${((100 * sums.correct) / sums.samples).toFixed(2)}%`;
    const done = epoch * stage.batchesPerEpoch + batch;
    this.bar?.update(done, { epoch: epoch + 1, numbers: `${loss}${right}` });
  }

  epoch(stage: Stage, { epoch }: Progress, metrics: Metrics): void {
    if (this.bar !== undefined) return;
    const numbers = Object.entries(metrics).map(([name, value]) => `${name} ${value.toPrecision(4)}`);
    console.log(`${stage.name} epoch ${epoch}/${this.config.epochs}: ${numbers.join(', ')}`);
  }

  done(stage: Stage, { total, stability, spectrum }: StageTimes): void {
    this.close();
    const tell = (what: string, time: number): void => {
      const share = ((100 * time) / total).toPrecision(2);
      console.log(
        `${stage.name}: ${what} took ${seconds(time)} of ${seconds(total)} of training (${share}%)`,
      );
    };
    if (stage.layer instanceof DynamicalLayer) tell('stability figures', stability);
    if (this.config.spectrum) tell('Lyapunov exponents', spectrum);
  }

  close(): void {
    this.bar?.stop();
  }
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toPrecision(3)} s`;
