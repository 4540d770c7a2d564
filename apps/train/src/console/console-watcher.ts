import {
  type Config,
  type Hooks,
  isStabilityMetric,
  type Measured,
  type Progress,
  type Stage,
  type StageTimes,
  type StageWatcher,
} from '@hurwitz/training';
import { Presets, SingleBar } from 'cli-progress';

/** A progress bar with loss, accuracy and time left on a terminal; a line an epoch elsewhere. */
export class ConsoleWatcher implements StageWatcher {
  private readonly bar?: SingleBar;

  constructor(
    private readonly stage: Stage,
    private readonly config: Config,
    private readonly progress: Readonly<Progress>,
  ) {
    if (process.stderr.isTTY !== true) return;
    const format = `${stage.name} {bar} {percentage}% | epoch {epoch}/${config.epochs} | {numbers} | {eta_formatted} left`;
    this.bar = new SingleBar({ format, etaBuffer: 50, stopOnComplete: false }, Presets.shades_classic);
    this.bar.start(config.epochs * stage.batchesPerEpoch, this.done, {
      epoch: progress.epoch + 1,
      numbers: '',
    });
  }

  /** Steps of the stage that are done. */
  private get done(): number {
    const { epoch, batch } = this.progress;
    return epoch * this.stage.batchesPerEpoch + batch;
  }

  afterStep(): void {
    const { epoch, sums } = this.progress;
    const loss = `loss ${(sums.loss / sums.samples).toPrecision(4)}`;
    const right =
      this.stage.correct === undefined
        ? ''
        : `, accuracy ${((100 * sums.correct) / sums.samples).toFixed(2)}%`;
    this.bar?.update(this.done, { epoch: epoch + 1, numbers: `${loss}${right}` });
  }

  afterEpoch({ epoch }: Parameters<NonNullable<Hooks['afterEpoch']>>[0], measured: Measured): void {
    if (this.bar !== undefined) return;
    const numbers = Object.entries(measured).flatMap(([name, value]) =>
      typeof value === 'number' && !quiet(name) ? [`${name} ${value.toPrecision(4)}`] : [],
    );
    console.log(`${this.stage.name} epoch ${epoch}/${this.config.epochs}: ${numbers.join(', ')}`);
  }

  end({ total, measured }: StageTimes): void {
    this.close();
    for (const [what, time] of Object.entries(measured)) {
      const share = ((100 * time) / total).toPrecision(2);
      console.log(
        `${this.stage.name}: ${what} took ${seconds(time)} of ${seconds(total)} of training (${share}%)`,
      );
    }
  }

  close(): void {
    this.bar?.stop();
  }
}

/** What is in metrics.jsonl and in the report, and too much for a line. */
const quiet = (name: string): boolean => isStabilityMetric(name) || name === 'contraction_factor';

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toPrecision(3)} s`;
