import { openFolder } from './data-folder.js';
import { readText } from './read-text.js';

/**
 * Reads Tolstoy's War and Peace from a folder that holds it as `input.txt`, `warpeace_input.txt` or `war-and-peace.txt`, plain
 * or with `.gz`: the file of Karpathy, Johnson and Fei-Fei 2015, 3.2 million characters, on which the fourth of the
 * papers trains its character models.
 *
 * @throws {DataFileError} if the folder or the file is missing, or the text is empty, damaged or not UTF-8.
 */
export async function loadWarAndPeace(folder: string): Promise<string> {
  const read = await openFolder('loadWarAndPeace', folder, {
    files: { text: ['input.txt', 'warpeace_input.txt', 'war-and-peace.txt'] },
    what: 'the text',
    advice: 'Put the text there under this name, or give the folder that holds it',
  });
  const { file, bytes } = await read('text');
  return readText(bytes, file);
}
