export { writeFileAtomic } from './files/atomic-file.js';
export { explainFileError, showPath } from './files/file-error.js';
export { isLock, withFolderLock } from './files/folder-lock.js';
export { fromJson, toJson } from './files/json.js';
export { makeFolder } from './files/make-folder.js';
export { readRegularFile, readTextFile } from './files/read-regular-file.js';
export { checksum, contentChecksum, readSealed, seal } from './files/sealed-file.js';
export { quote, reason } from './model-file/refusal.js';
