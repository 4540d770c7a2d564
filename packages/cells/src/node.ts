/** Models as files, for Node: `@hurwitz/cells/node`. Importing it registers the layers of `@hurwitz/cells`. */
import './index.js';

export { ModelFileError } from './errors.js';
export { loadModel } from './model-files/load-model.js';
export { saveModel } from './model-files/save-model.js';
