import { type CharacterSequences, characterSequences } from '@hurwitz/datasets';
import { loadWarAndPeace } from '@hurwitz/datasets/node';
import type { Config } from '../config/schema.js';
import { UserError } from '../errors.js';
import type { Stage } from '../training/stage.js';
import { readoutStage } from './readout-stage.js';
import type { Section, Task, TaskResults } from './task.js';

/** The next character of War and Peace, as in the fourth of the papers (Vogt et al. 2022). */
export async function charRnnTask(config: Config): Promise<Task> {
  if (config.dataDir === undefined) {
    throw new UserError(
      'char-rnn needs --data-dir, the folder of War and Peace as input.txt, plain or gzip.',
    );
  }
  const { length } = config;
  const data = characterSequences(await loadWarAndPeace(config.dataDir), { name: 'War and Peace', length });
  return {
    title: `War and Peace, ${length} characters at a time`,
    stages: [async () => charRnnStage(config, data)],
    sections: async ({ results }) => [resultSection(results, data)],
  };
}

/** A recurrent layer that reads characters and a readout of the next one at every step. */
export function charRnnStage(config: Config, data: CharacterSequences): Stage {
  return readoutStage(config, data, {
    returnSequences: true,
    select: { metric: 'loss', better: 'smaller' },
  });
}

function resultSection(results: TaskResults['results'], { vocabulary, test }: CharacterSequences): Section {
  const rows = Object.entries(results).map(([name, { loss = Number.NaN, accuracy = Number.NaN }]) => [
    name,
    loss.toPrecision(4),
    (loss / Math.LN2).toPrecision(4),
    `${(100 * accuracy).toFixed(2)}%`,
  ]);
  const characters = (test.size * test.steps).toLocaleString('en');
  return {
    title: 'Result on the last tenth of the text',
    text: `Of ${vocabulary.length} characters; measured once on ${characters}, with the weights of the epoch that was best on the validation text.`,
    table: { columns: ['cell', 'cross-entropy (nats)', 'bits per character', 'right'], rows },
  };
}
