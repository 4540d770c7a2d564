import { DataFileError } from './errors.js';

/** Runs a file operation; its failure becomes an error that names the path and the system's reason. */
export async function onDisk<T>(where: string, path: string, operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new DataFileError(
      where,
      path,
      'a file in a folder that can be written',
      code ?? message,
      'Choose another folder, or correct its permissions and free space',
    );
  }
}
