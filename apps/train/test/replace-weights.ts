import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checksum, seal } from '@hurwitz/training/files';

/** Puts other weights into a saved model, as if the run had trained them. */
export function replaceWeights(models: string, values: Float32Array): void {
  const bytes = new Uint8Array(values.buffer);
  writeFileSync(join(models, 'weights.bin'), bytes);
  const path = join(models, 'model.json');
  const { checksum: _, ...json } = JSON.parse(readFileSync(path, 'utf8'));
  const hurwitz = { ...json.hurwitz, weights: checksum(bytes) };
  writeFileSync(path, seal(JSON.stringify({ ...json, hurwitz })));
}
