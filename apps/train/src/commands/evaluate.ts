import { type BackendChoice, backendChoices, selectBackend } from '../backend/select-backend.js';
import { oneOf, validateStoredConfig } from '../config/validate.js';
import { RunFolder } from '../run/run-folder.js';
import { loadModel } from '../run/saved-model.js';
import { buildTask } from '../tasks/index.js';
import { printResult } from '../training/print-result.js';

/** `hurwitz evaluate`: the test metrics of every stage of a run whose model is saved. */
export async function evaluate(path: string, options: { dataDir?: string; backend: string }): Promise<void> {
  const folder = RunFolder.open(path);
  const stored = validateStoredConfig(folder.readJson('config.json'), folder.file('config.json'));
  const config = options.dataDir === undefined ? stored : { ...stored, dataDir: options.dataDir };
  const backend: BackendChoice = oneOf('--backend', options.backend, backendChoices);
  await selectBackend(backend, { warn: (message) => console.error(`Warning: ${message}`) });
  const task = await buildTask(config);
  for (const build of task.stages) {
    const stage = await build();
    const trained = await loadModel(folder.file('models', stage.name));
    stage.model.setWeights(trained.getWeights());
    printResult(stage.title, await stage.evaluate('test'));
  }
}
