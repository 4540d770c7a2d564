import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { createInterface } from 'node:readline';

/** A process of `script` per interpreter in $HURWITZ_PYTHON (a list like $PATH; python3 by default) that has torch. */
export async function pythonPeers(script) {
  const interpreters = (process.env.HURWITZ_PYTHON ?? 'python3').split(delimiter).filter(Boolean);
  const peers = [];
  for (const interpreter of interpreters) {
    const peer = await start(interpreter, script);
    if (peer === undefined) console.warn(`PyTorch: ${interpreter} does not run torch, and is left out.`);
    else peers.push(peer);
  }
  return peers;
}

/** A process that answers requests, one JSON line each, or undefined where there is no torch. */
async function start(interpreter, script) {
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
    hello,
    name: `PyTorch ${hello.version}`,
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return answer();
    },
    end: () => child.stdin.end(),
  };
}
