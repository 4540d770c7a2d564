import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A PyTorch process that times training steps, or undefined where no python3 has torch. */
export async function pytorch() {
  const script = fileURLToPath(new URL('pytorch.py', import.meta.url));
  const child = spawn(process.env.HURWITZ_PYTHON ?? 'python3', [script], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    return done ? undefined : JSON.parse(value);
  };
  const hello = await answer();
  if (hello === undefined) return undefined;
  return {
    version: hello.version,
    async step(row, threads) {
      child.stdin.write(`${JSON.stringify({ row, threads })}\n`);
      return (await answer()).ms;
    },
    end: () => child.stdin.end(),
  };
}
