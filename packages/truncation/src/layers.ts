export { TruncationError } from './errors.js';
export { Truncated, type TruncatedArgs, truncated } from './truncated-layer.js';
