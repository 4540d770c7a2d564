import * as tfl from '@tensorflow/tfjs-layers';

type Dropout = ReturnType<typeof tfl.layers.dropout>;

/** A dropout layer whose mask depends on the seed and the place in the training alone, so that a resumed run draws the same. */
export class PlacedDropout {
  readonly layer: Dropout;

  constructor(private readonly settings: { rate: number; seed: number }) {
    this.layer = tfl.layers.dropout({ rate: settings.rate, name: 'dropout' });
    // A saved model is to draw its masks anew: with the last seed, whoever trains it on would have one mask for ever.
    const getConfig = this.layer.getConfig.bind(this.layer);
    this.layer.getConfig = () => ({ ...getConfig(), seed: null });
  }

  /** Chooses the mask of the next training step. */
  moveTo(epoch: number, batch: number): void {
    // tf.layers would draw one mask for ever from the seed it was made with; it reads this at every call.
    (this.layer as unknown as { seed: string }).seed = `${this.settings.seed}:${epoch}:${batch}`;
  }
}
