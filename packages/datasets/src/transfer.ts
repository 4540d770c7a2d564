import { open, readFile, writeFile } from 'node:fs/promises';
import { onDisk } from './disk.js';
import { discard, partialInfo, sizeOf } from './partial-file.js';

/** A transfer that did not complete. */
export class TransferError extends Error {
  constructor(
    message: string,
    /** Whether the same address may give the rest, or the file, when asked again. */
    readonly retry: boolean,
  ) {
    super(message);
  }
}

/** How `transfer` works. */
export interface TransferOptions {
  /** For messages: the public function at work. */
  where: string;
  signal: AbortSignal | undefined;
  /** Milliseconds in which `leastProgress` bytes must arrive, else the connection counts as dead. */
  timeout: number;
  /** Most bytes that the file can have. */
  limit: number;
  onBytes: (received: number) => void;
}

/** What is kept beside a partial file: it continues only while the server's file is the same version. */
interface PartialInfo {
  url: string;
  /** The ETag (a strong one) or the Last-Modified of the version that the bytes are from. */
  validator: string;
}

/** Bytes in each `timeout` that tell a slow connection (550 B/s by default) from one that only pretends. */
const leastProgress = 16_384;

/**
 * Transfers `url` into the file `part`, at most `limit` bytes. What is already there from the same address is continued (HTTP Range with
 * If-Range: a server whose file has changed, or that knows no ranges, sends all of it again).
 *
 * @returns whether the file is new from its first byte, rather than continued.
 * @throws {TransferError} if the transfer fails; what has arrived stays in `part`, unless there is more of it than `limit`.
 */
export async function transfer(
  url: string,
  part: string,
  options: TransferOptions,
): Promise<{ fresh: boolean }> {
  const { where, signal } = options;
  const connection = openConnection(options);
  try {
    const known = await resumable(url, part);
    // Without this, some servers unpack a stored .gz on the way, and the bytes are not the published ones.
    const headers = { 'Accept-Encoding': 'identity', ...known?.headers };
    const response = await connection.run(() => fetch(url, { headers, signal: connection.signal }));
    const plan = planResponse(response, { offset: known?.offset ?? 0, limit: options.limit });
    if (plan.stale) await onDisk(where, part, discard(part));
    if (plan.problem) throw plan.problem;
    if (plan.offset === 0) await describePartial(where, part, url, response);
    const received = await append(response, part, plan.offset, { ...options, connection });
    if (plan.total !== undefined && received !== plan.total) {
      throw new TransferError(`the connection ended after ${received} of ${plan.total} bytes`, true);
    }
    return { fresh: plan.offset === 0 };
  } finally {
    connection.close();
    signal?.throwIfAborted();
  }
}

interface Connection {
  readonly signal: AbortSignal;
  /** Waits for the network: its failures, and too little in too long, become a TransferError. */
  run<T>(step: () => Promise<T>): Promise<T>;
  /** Counts bytes that have arrived. */
  progress(bytes: number): void;
  close(): void;
}

function openConnection({ signal, timeout }: TransferOptions): Connection {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const cancel = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', cancel, { once: true });
  // Time counts while waiting for the network only: a slow disk is no fault of the connection.
  let [waited, arrived] = [0, 0];
  return {
    signal: controller.signal,
    async run(step) {
      const begun = performance.now();
      const stalled = new Error(`less than ${leastProgress} bytes in ${timeout} ms`);
      const patience = setTimeout(() => controller.abort(stalled), Math.max(0, timeout - waited));
      try {
        return await step();
      } catch (error) {
        // fetch hides the reason of a failure in `cause`.
        const { message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
        throw new TransferError(cause?.message || cause?.code || message, true);
      } finally {
        clearTimeout(patience);
        waited += performance.now() - begun;
      }
    },
    progress(bytes) {
      arrived += bytes;
      if (arrived >= leastProgress) [waited, arrived] = [0, 0];
    },
    close() {
      signal?.removeEventListener('abort', cancel);
      controller.abort();
    },
  };
}

async function resumable(url: string, part: string) {
  try {
    const size = await sizeOf(part);
    const partial = JSON.parse(await readFile(partialInfo(part), 'utf8')) as PartialInfo;
    if (size === undefined || size === 0 || partial.url !== url) return undefined;
    return { offset: size, headers: { Range: `bytes=${size}-`, 'If-Range': partial.validator } };
  } catch {
    return undefined;
  }
}

interface Plan {
  /** Where in the file the body starts. */
  offset: number;
  /** Size of the whole file, where the server says it. */
  total?: number;
  /** The partial file is of no use. */
  stale?: boolean;
  problem?: TransferError;
}

function planResponse(response: Response, { offset, limit }: { offset: number; limit: number }): Plan {
  const { status, statusText, headers } = response;
  if (status === 200) {
    const length = headers.get('content-length');
    const packed = headers.get('content-encoding') ?? 'identity';
    if (length === null || packed !== 'identity') return { offset: 0 };
    const total = Number(length);
    return {
      offset: 0,
      total,
      ...(total > limit && { problem: tooMuch(`${total} bytes announced`, limit) }),
    };
  }
  if (status === 206) {
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '') ?? [];
    if (offset > 0 && Number(start) === offset) {
      return { offset, ...(total !== '*' && { total: Number(total) }) };
    }
    return {
      offset,
      stale: true,
      problem: new TransferError('the server sent another part than asked for', true),
    };
  }
  if (status === 416) {
    return {
      offset,
      stale: true,
      problem: new TransferError('the partial file does not fit (HTTP 416)', true),
    };
  }
  const retry = status === 408 || status === 429 || status >= 500;
  return { offset, problem: new TransferError(`HTTP ${status} ${statusText}`.trim(), retry) };
}

const tooMuch = (what: string, limit: number): TransferError =>
  new TransferError(`${what}, more than the ${limit} that this file can have`, false);

async function describePartial(
  where: string,
  part: string,
  url: string,
  { headers }: Response,
): Promise<void> {
  const etag = headers.get('etag');
  const validator = etag?.startsWith('"') ? etag : headers.get('last-modified');
  await onDisk(where, part, discard(part));
  if (validator === null) return;
  await onDisk(
    where,
    part,
    writeFile(partialInfo(part), JSON.stringify({ url, validator } satisfies PartialInfo)),
  );
}

async function append(
  { body }: Response,
  part: string,
  offset: number,
  { where, onBytes, limit, connection }: TransferOptions & { connection: Connection },
): Promise<number> {
  const file = await onDisk(where, part, open(part, offset > 0 ? 'r+' : 'w'));
  let received = offset;
  try {
    const reader = body?.getReader();
    for (;;) {
      onBytes(received);
      const chunk = reader && (await connection.run(() => reader.read())).value;
      if (chunk === undefined) break;
      connection.progress(chunk.length);
      if (received + chunk.length > limit) {
        await onDisk(where, part, discard(part));
        throw tooMuch(`${received + chunk.length} bytes and no end`, limit);
      }
      for (let written = 0; written < chunk.length; ) {
        const write = file.write(chunk, written, chunk.length - written, received + written);
        written += (await onDisk(where, part, write)).bytesWritten;
      }
      received += chunk.length;
    }
    await onDisk(where, part, file.sync());
  } finally {
    await file.close();
  }
  return received;
}
