import { rmSync } from 'node:fs';
import { type Job, newFolder } from './jobs.js';
import { Random } from './random.js';
import { noteWrong, type Setting, type Tally, tally } from './tally.js';
import { contentOf, difference } from './tiny-run.js';

const hows = ['before', 'half', 'after'] as const;

/** One kill by timer for so many at an operation. */
const timed = 5;

/**
 * Kills a job again and again, by SIGKILL: first at each of its operations on files in turn, before it, after it and with half
 * of its bytes written, then where it goes on, at random operations or moments. The last time it is left alone, and must
 * end in the bits of an undisturbed one, with nothing left over.
 */
export async function kills(
  job: Job,
  count: number,
  { scratch, seed, print, expired }: Setting,
): Promise<Tally[]> {
  const random = new Random(seed);
  const [swept, timedOut] = [
    tally('kills', `${job.name}, at an operation on files`),
    tally('kills', `${job.name}, at any moment`),
  ];
  for (let first = 0; swept.tried + timedOut.tried < count && !expired(); first++) {
    const folder = newFolder(scratch);
    const history: string[] = [];
    const done: [number, number] = [0, 0];
    // A job that is killed soon after every start would never end.
    while (history.length < 12 && swept.tried + timedOut.tried + done[0]! + done[1]! < count) {
      const start = history.length === 0;
      const byTimer = random.below(timed) === 0;
      const at =
        1 + (start ? Math.floor(first / hows.length) % job.operations : random.below(job.operations / 2));
      const how = start ? hows[first % hows.length]! : random.pick(hows);
      const killAfter = random.next() * job.seconds * 1000;
      const ended = await job.go(folder, byTimer ? { killAfter } : { fault: { at, how } });
      if (ended.code !== 0 && ended.signal === null)
        history.push(`exit ${ended.code}: ${ended.err.trim().slice(0, 300)}`);
      if (ended.signal !== 'SIGKILL') break;
      done[byTimer ? 1 : 0]! += 1;
      history.push(byTimer ? `after ${Math.round(killAfter)} ms` : `${how} operation ${at}`);
    }
    const last = await job.go(folder);
    const why =
      last.code === 0
        ? difference(contentOf(folder), job.content)
        : `exit ${last.code} ${last.signal}: ${last.err.trim().slice(-400)}`;
    for (const [i, row] of [swept, timedOut].entries()) {
      row.tried += done[i]!;
      if (why === undefined) row.same += done[i]!;
    }
    if (why !== undefined) noteWrong(done[0]! > 0 ? swept : timedOut, { how: history.join(', '), why });
    rmSync(folder, { recursive: true, force: true });
    print(
      `${job.name}: ${swept.tried + timedOut.tried} kills, ${swept.wrong.length + timedOut.wrong.length} chains with a fault`,
    );
  }
  return [swept, timedOut];
}
