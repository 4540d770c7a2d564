import { type DatasetSplits, type PixelOrder, pixelMnist, publishedPermutations } from '@hurwitz/datasets';
import { loadMnist } from '@hurwitz/datasets/node';
import type { Config } from '../config/schema.js';
import { oneOf } from '../config/validate.js';

const orders = ['none', 'seeded', ...Object.keys(publishedPermutations)];

/** MNIST from a folder, read as the configuration says. The seed decides which images validate. */
export async function loadPixelMnist(config: Config, folder: string): Promise<DatasetSplits> {
  const { pixelsPerStep, seed } = config;
  const order = pixelOrder(config);
  return pixelMnist(await loadMnist(folder), { pixelsPerStep, order, splitSeed: seed });
}

function pixelOrder({ permutation, seed }: Config): PixelOrder {
  const name = oneOf('--permutation', permutation, orders);
  if (name === 'none') return 'ordered';
  return name === 'seeded' ? { seed } : (name as PixelOrder);
}
