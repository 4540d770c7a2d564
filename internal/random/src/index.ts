export { gaussian, generator } from './random.js';
