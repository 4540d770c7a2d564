import { openFolder } from './data-folder.js';
import type { UnpackOptions } from './gzip.js';
import { readText } from './read-text.js';

/**
 * Reads Tolstoy's War and Peace from a folder that holds it as `input.txt`, `warpeace_input.txt` or `war-and-peace.txt`, plain
 * or with `.gz`: the file of Karpathy, Johnson and Fei-Fei 2015, 3.2 million characters, on which the fourth of the
 * papers trains its character models.
 *
 * @throws {DataFileError} if the folder or the file is missing, or the text is empty, damaged, not UTF-8 or larger than
 *   `maxBytes`.
 */
export async function loadWarAndPeace(folder: string, options?: UnpackOptions): Promise<string> {
  const wanted = {
    files: { text: ['input.txt', 'warpeace_input.txt', 'war-and-peace.txt'] },
    what: 'the text',
    advice: 'Put the text there under this name, or give the folder that holds it',
  };
  const read = await openFolder('loadWarAndPeace', folder, wanted, options);
  const { file, bytes } = await read('text');
  return readText(bytes, file, options);
}
