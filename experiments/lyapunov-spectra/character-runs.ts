import { type CharacterSequences, characterSequences } from '@hurwitz/datasets';
import { loadWarAndPeace } from '@hurwitz/datasets/node';
import { type Config, charRnnStage, configVersion, defaultsOf, validateConfig } from '@hurwitz/training';
import { z } from 'zod';
import type { Comparison, PartContext } from '../runner/experiment.js';
import { count } from '../shared/settings.js';
import { spreadInputs, type WatchedRun, type Watching, watchedRun } from './spectra-in-training.js';

/** Sizes of the character runs. */
export const characterSchema = z.strictObject({
  /** Characters that are used, from the beginning of the book; null for all of it. */
  characters: count.nullable(),
  units: count,
  batchSize: count,
  epochs: count,
  /** Held-out sequences of 100 characters along which exponents are taken. */
  sequences: count,
});
export type CharacterSettings = z.infer<typeof characterSchema>;

/** The paper's size, and one for two cores and a few minutes. */
export const characterSettings = {
  default: { characters: 300_000, units: 64, batchSize: 16, epochs: 4, sequences: 10 },
  full: { characters: null, units: 512, batchSize: 100, epochs: 15, sequences: 10 },
} as const satisfies Record<string, CharacterSettings>;

async function loadCharacters(
  dataDir: string,
  { characters }: CharacterSettings,
): Promise<CharacterSequences> {
  const text = await loadWarAndPeace(dataDir);
  return characterSequences(characters === null ? text : text.slice(0, characters), { length: 100 });
}

/** An LSTM trained on the characters, watched. */
export async function characterRun(
  settings: CharacterSettings,
  {
    changes,
    spectraAfter,
    context: { dataDir, once, progress },
  }: { changes: Partial<Config>; context: PartContext } & Pick<Watching, 'spectraAfter'>,
): Promise<WatchedRun> {
  const data = await once('characters', () => loadCharacters(dataDir, settings));
  const config = characterConfig(settings, changes);
  const inputs = spreadInputs(data.test, settings.sequences);
  return watchedRun(charRnnStage(config, data), { config, inputs, spectraAfter, progress });
}

function characterConfig({ units, batchSize, epochs }: CharacterSettings, changes: Partial<Config>): Config {
  const task = 'char-rnn';
  return validateConfig({
    ...defaultsOf(task),
    ...{ version: configVersion, task, units, batchSize, epochs },
    ...changes,
  });
}

/** Sizes beside those of the paper's code. */
export function characterSizes({
  characters,
  units,
  batchSize,
  epochs,
  sequences,
}: CharacterSettings): Comparison[] {
  return [
    { quantity: 'epochs', paper: 15, here: epochs },
    { quantity: 'units', paper: 512, here: units },
    {
      quantity: 'characters of War and Peace',
      paper: 'all',
      here: characters === null ? 'all' : `the first ${characters.toLocaleString('en')}`,
    },
    { quantity: 'sequences in a batch', paper: 100, here: batchSize },
    { quantity: 'sequences of 100 characters that drive the exponents', paper: 10, here: sequences },
  ];
}

export const tunedCharacterRuns =
  'the batch size and the epochs (first 32 and 5, then 16 and 4 and, for figures 3 and 5, 6)';

/** What every entry says of how its runs differ from the paper's. */
export function sizesText(
  { characters, units, batchSize, epochs, sequences }: CharacterSettings,
  full: boolean,
): string {
  const used =
    characters === null ? 'the whole of' : `the first ${characters.toLocaleString('en')} characters of`;
  const size = `LSTMs of ${units} units on ${used} War and Peace, split 0.8 / 0.1 / 0.1; 100 characters at a time, batches of ${batchSize}, Adam, ${epochs} epochs. Exponents in bits per step, along ${sequences} sequences of 100 characters from the test part in their natural order, from rest.`;
  const difference = full
    ? 'The sizes are those of the paper’s code; unlike there,'
    : 'The paper’s code has 512 units, the whole book, batches of 100 and 15 epochs (`--full`). At any size, unlike there,';
  return `${size}\n\n${difference} the layer has a bias, targets never wrap around within a sequence, Jacobians multiply in the order of time (the code’s are transposed, which reverses it), and the characters that drive the exponents are not shuffled.`;
}
