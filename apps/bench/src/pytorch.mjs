import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('pytorch.py', import.meta.url));

/** A PyTorch process per interpreter in $HURWITZ_PYTHON (a list like $PATH; python3 by default) that has torch. */
export async function pytorchPeers() {
  const interpreters = (process.env.HURWITZ_PYTHON ?? 'python3').split(delimiter).filter(Boolean);
  const peers = [];
  for (const interpreter of interpreters) {
    const peer = await start(interpreter);
    if (peer === undefined) console.warn(`PyTorch: ${interpreter} does not run torch, and is left out.`);
    else peers.push(peer);
  }
  return peers;
}

/** A process that times training steps, or undefined where there is no torch. */
async function start(interpreter) {
  const child = spawn(interpreter, [script], { stdio: ['pipe', 'pipe', 'ignore'] });
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
    name: `PyTorch ${hello.version}`,
    description: `PyTorch ${hello.version}, eager: matrix products by ${hello.blas}, its own code for ${hello.instructions}`,
    /** Milliseconds of one training step. */
    async step(row, threads) {
      child.stdin.write(`${JSON.stringify({ row, threads })}\n`);
      return (await answer()).ms;
    },
    end: () => child.stdin.end(),
  };
}
