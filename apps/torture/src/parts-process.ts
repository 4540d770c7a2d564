/** `hurwitz reproduce`, of small parts, as a process: `node parts-process.js <out>`. */
import { failureText } from '../../train/src/failures/failure-text.js';
import { runSmallParts } from './small-parts.js';

try {
  await runSmallParts(process.argv[2]!);
} catch (error) {
  console.error(`\n${failureText(error)}`);
  process.exitCode = 1;
}
