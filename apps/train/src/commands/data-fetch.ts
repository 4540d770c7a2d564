import { datasetSources } from '@hurwitz/datasets';
import { fetchDataset } from '@hurwitz/datasets/node';
import { oneOf } from '@hurwitz/training';
import { Presets, SingleBar } from 'cli-progress';

/** `hurwitz data fetch`: downloads a data set, with progress; what is there already is left alone. */
export async function dataFetch(dataset: string, { dataDir }: { dataDir: string }): Promise<void> {
  const name = oneOf('dataset', dataset, Object.keys(datasetSources) as (keyof typeof datasetSources)[]);
  const bar =
    process.stderr.isTTY === true
      ? new SingleBar({ format: '{file} {bar} {percentage}% | {eta_formatted} left' }, Presets.shades_classic)
      : undefined;
  bar?.start(1, 0, { file: '' });
  const { files } = await fetchDataset(name, {
    folder: dataDir,
    onProgress: ({ file, received, total }) => {
      bar?.setTotal(total);
      bar?.update(received, { file });
    },
  }).finally(() => bar?.stop());
  for (const { path, status } of files) console.log(`${path}: ${status}`);
}
