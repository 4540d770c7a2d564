import { open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { onDisk } from './disk.js';

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
  /** Milliseconds without a byte after which the connection counts as dead. */
  timeout: number;
  onBytes: (received: number) => void;
}

/** What is kept beside a partial file: it continues only while the server's file is the same version. */
interface PartialInfo {
  url: string;
  /** The ETag (a strong one) or the Last-Modified of the version that the bytes are from. */
  validator: string;
}

/** Where the description of a partial file is kept. */
export const partialInfo = (part: string) => `${part}.json`;

/** Removes a partial file and its description. */
export async function discard(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(partialInfo(part), { force: true });
}

/**
 * Transfers `url` into the file `part`. What is already there from the same address is continued (HTTP Range with
 * If-Range: a server whose file has changed, or that knows no ranges, sends all of it again).
 *
 * @throws {TransferError} if the transfer fails; what has arrived stays in `part`.
 */
export async function transfer(url: string, part: string, options: TransferOptions): Promise<void> {
  const { where, signal } = options;
  const connection = openConnection(options);
  try {
    const known = await resumable(url, part);
    // Without this, some servers unpack a stored .gz on the way, and the bytes are not the published ones.
    const headers = { 'Accept-Encoding': 'identity', ...known?.headers };
    const response = await connection.run(() => fetch(url, { headers, signal: connection.signal }));
    const plan = planResponse(response, known?.offset ?? 0);
    if (plan.stale) await onDisk(where, part, discard(part));
    if (plan.problem) throw plan.problem;
    if (plan.offset === 0) await describePartial(where, part, url, response);
    const received = await append(response, part, plan.offset, { ...options, connection });
    if (plan.total !== undefined && received !== plan.total) {
      throw new TransferError(`the connection ended after ${received} of ${plan.total} bytes`, true);
    }
  } finally {
    connection.close();
    signal?.throwIfAborted();
  }
}

interface Connection {
  readonly signal: AbortSignal;
  /** Waits for the network: its failures, and silence for too long, become a TransferError. */
  run<T>(step: () => Promise<T>): Promise<T>;
  close(): void;
}

function openConnection({ signal, timeout }: TransferOptions): Connection {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const cancel = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', cancel, { once: true });
  return {
    signal: controller.signal,
    async run(step) {
      const silence = setTimeout(() => controller.abort(new Error(`no data for ${timeout} ms`)), timeout);
      try {
        return await step();
      } catch (error) {
        // fetch hides the reason of a failure in `cause`.
        const { message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
        throw new TransferError(cause?.message || cause?.code || message, true);
      } finally {
        clearTimeout(silence);
      }
    },
    close() {
      signal?.removeEventListener('abort', cancel);
      controller.abort();
    },
  };
}

async function resumable(url: string, part: string) {
  try {
    const { size } = await stat(part);
    const partial = JSON.parse(await readFile(partialInfo(part), 'utf8')) as PartialInfo;
    if (size === 0 || partial.url !== url) return undefined;
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

function planResponse(response: Response, offset: number): Plan {
  const { status, statusText, headers } = response;
  if (status === 200) {
    const length = headers.get('content-length');
    const packed = headers.get('content-encoding') ?? 'identity';
    return { offset: 0, ...(length !== null && packed === 'identity' && { total: Number(length) }) };
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
  { where, onBytes, connection }: TransferOptions & { connection: Connection },
): Promise<number> {
  const file = await onDisk(where, part, open(part, offset > 0 ? 'r+' : 'w'));
  let received = offset;
  try {
    const reader = body?.getReader();
    for (;;) {
      onBytes(received);
      const chunk = reader && (await connection.run(() => reader.read())).value;
      if (chunk === undefined) break;
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
