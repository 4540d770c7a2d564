import { DataFileError } from './errors.js';

/**
 * The content of a file that may be gzip, which its first two bytes tell. Unpacked by the platform's own
 * DecompressionStream: Node 20 and later, and browsers.
 */
export async function unpacked(where: string, bytes: Uint8Array, file: string): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (error) {
    const reason = (error as Error).message || ((error as Error).cause as Error | undefined)?.message;
    throw new DataFileError(
      where,
      file,
      'a complete gzip file',
      `${bytes.length} bytes that do not unpack (${reason})`,
      'The file is truncated or damaged: download it again',
    );
  }
}
