import { fileURLToPath } from 'node:url';
import { pythonPeers } from './python-peer.mjs';

const script = fileURLToPath(new URL('pytorch.py', import.meta.url));

/** A process that times training steps for each interpreter in $HURWITZ_PYTHON that has torch. */
export async function pytorchPeers() {
  const peers = await pythonPeers(script);
  return peers.map(({ hello, name, ask, end }) => ({
    name,
    description: `${name}, eager: matrix products by ${hello.blas}, its own code for ${hello.instructions}`,
    /** Milliseconds of one training step. */
    step: async (row, threads) => (await ask({ row, threads })).ms,
    end,
  }));
}
