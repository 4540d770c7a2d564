import { createHash } from 'node:crypto';

/** What stands in `userDefinedMetadata.hurwitz` of a model.json: SHA-256 in hexadecimal. */
export interface Checksums {
  /** Of the weights' bytes. */
  weights: string;
  /** Of everything in model.json that makes the model. */
  model: string;
}

export const sha256 = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

/** The checksum of a model's own part of model.json, which parsing and writing leave as it is. */
export function modelChecksum(json: {
  modelTopology?: unknown;
  weightsManifest?: unknown;
  trainingConfig?: unknown;
}): string {
  const { modelTopology, weightsManifest, trainingConfig } = json;
  return sha256(JSON.stringify([modelTopology, weightsManifest, trainingConfig ?? null]));
}
