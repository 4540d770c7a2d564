/** The command `hurwitz`, bundled. */
import '../../train/src/index.js';
