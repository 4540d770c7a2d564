import { type DatasetSplits, type PixelOrder, pixelMnist } from '@hurwitz/datasets';
import { loadMnist } from '@hurwitz/datasets/node';

/** How images become sequences. */
export interface Reading {
  pixelsPerStep: number;
  permutation: string;
  seed: number;
}

/** MNIST from a folder, read as the configuration says. The seed decides which images validate. */
export async function loadPixelMnist(config: Reading, folder: string): Promise<DatasetSplits> {
  const { pixelsPerStep, seed } = config;
  const order = pixelOrder(config);
  return pixelMnist(await loadMnist(folder), { pixelsPerStep, order, splitSeed: seed });
}

function pixelOrder({ permutation, seed }: Reading): PixelOrder {
  if (permutation === 'none') return 'ordered';
  return permutation === 'seeded' ? { seed } : (permutation as PixelOrder);
}
