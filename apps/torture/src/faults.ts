import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import type { ErrorCode } from './fault.js';
import { type Job, newFolder } from './jobs.js';
import { notRefused } from './processes.js';
import { Random } from './random.js';
import { noteWrong, type Setting, type Tally, tally } from './tally.js';
import { contentOf, difference } from './tiny-run.js';

const codes: ErrorCode[] = ['ENOSPC', 'EFBIG', 'EIO', 'EACCES', 'EROFS', 'EDQUOT'];

/**
 * Lets an operation on files of a job fail, once or from then on, with half of the bytes written where it writes. It must say
 * so in one sentence with exit code 1, or end all the same; then it is gone on with, to the bits of an undisturbed one.
 */
export async function failures(
  job: Job,
  count: number,
  { scratch, seed, print, expired }: Setting,
): Promise<Tally[]> {
  const random = new Random(seed);
  const row = tally('failing disk', `${job.name}, ${codes.join(', ')}`);
  for (; row.tried < count && !expired(); row.tried++) {
    const folder = newFolder(scratch);
    const fault = {
      at: 1 + random.below(job.operations),
      how: random.pick(codes),
      lasting: random.below(2) === 0,
    };
    const ended = await job.go(folder, { fault });
    const refusal = ended.code === 0 ? undefined : notRefused(ended);
    const last = refusal === undefined ? await job.go(folder) : undefined;
    note(row, `${fault.how} ${fault.lasting ? 'from' : 'at'} operation ${fault.at}`, {
      refused: ended.code !== 0,
      why:
        refusal ??
        (last!.code === 0
          ? difference(contentOf(folder), job.content)
          : `then exit ${last!.code}: ${last!.err.slice(-400)}`),
    });
    rmSync(folder, { recursive: true, force: true });
    if (row.tried % 20 === 19) print(`${row.what}: ${row.tried + 1}, ${row.wrong.length} with a fault`);
  }
  return [row];
}

/** The same with real limits: the shell's on the size of a file, and small disks in memory where they may be mounted. */
export async function realLimits(job: Job, count: number, { scratch, expired }: Setting): Promise<Tally[]> {
  const limit = tally('failing disk', `${job.name}, ulimit -f`);
  for (; limit.tried < count && !expired(); limit.tried++) {
    const folder = newFolder(scratch);
    const kilobytes = 1 + limit.tried;
    const ended = await job.go(folder, { shell: `ulimit -f ${kilobytes}` });
    const refusal = ended.code === 0 ? undefined : notRefused(ended);
    const last = await job.go(folder);
    const why =
      refusal ??
      (last.code === 0 ? difference(contentOf(folder), job.content) : `then ${last.err.slice(-400)}`);
    note(limit, `${kilobytes} kB`, { refused: ended.code !== 0, why });
    rmSync(folder, { recursive: true, force: true });
  }
  const disk = tally('failing disk', `${job.name}, a disk that is full`);
  for (let tried = 0; tried < count && !expired(); tried++) {
    const folder = newFolder(scratch);
    const kilobytes = 4 * (1 + tried * 3);
    mkdirSync(folder, { recursive: true });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'torture', folder], {
        stdio: 'ignore',
      });
    } catch {
      // Mounting is for the administrator.
      break;
    }
    try {
      const ended = await job.go(folder);
      const refusal = ended.code === 0 ? undefined : notRefused(ended);
      execFileSync('mount', ['-o', 'remount,size=64m', folder], { stdio: 'ignore' });
      const last = await job.go(folder);
      const why =
        refusal ??
        (last.code === 0 ? difference(contentOf(folder), job.content) : `then ${last.err.slice(-400)}`);
      note(disk, `${kilobytes} kB`, { refused: ended.code !== 0, why });
      disk.tried += 1;
    } finally {
      execFileSync('umount', [folder], { stdio: 'ignore' });
    }
    rmSync(folder, { recursive: true, force: true });
  }
  return disk.tried > 0 ? [limit, disk] : [limit];
}

function note(row: Tally, how: string, { refused, why }: { refused: boolean; why?: string }): void {
  if (why !== undefined) noteWrong(row, { how, why });
  else if (refused) row.refused += 1;
  else row.same += 1;
}
