import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that the server saw. */
export interface SeenRequest {
  path: string;
  range: string | undefined;
  ifRange: string | undefined;
}

/** Answers one request; `body` and `etag` belong to the file asked for. */
export type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
  body: Uint8Array,
  etag: string,
) => void;

/** Sends the file like a real mirror: ranges, ETag, If-Range. */
export const serve: Answer = (request, response, body, etag) => {
  const { range, 'if-range': ifRange } = request.headers;
  const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? Number.NaN);
  response.setHeader('ETag', etag);
  if (Number.isNaN(start) || (ifRange !== undefined && ifRange !== etag)) {
    response.setHeader('Content-Length', body.length);
    response.end(body);
  } else if (start >= body.length) {
    response.writeHead(416, { 'Content-Range': `bytes */${body.length}` }).end();
  } else {
    const headers = {
      'Content-Range': `bytes ${start}-${body.length - 1}/${body.length}`,
      'Content-Length': body.length - start,
    };
    response.writeHead(206, headers).end(body.subarray(start));
  }
};

const held = new Map<number, ServerResponse>();

/** Sends this part of a file and keeps the connection open until `breakAt(end)`. */
export function sendUpTo(response: ServerResponse, part: Uint8Array, end: number): void {
  held.set(end, response);
  response.write(part);
}

/**
 * Breaks the connection that waits at this byte of the file. The client calls it when that byte has arrived, for
 * what it has not read yet when a connection breaks is lost.
 */
export function breakAt(received: number): void {
  held.get(received)?.destroy();
  held.delete(received);
}

/** Like `serve`, but sends only `count` bytes of what was asked for, then waits for `breakAt`. */
export const dropAfter =
  (count: number): Answer =>
  (request, response, body, etag) => {
    response.end = ((rest: Uint8Array) => {
      sendUpTo(response, rest.subarray(0, count), body.length - rest.length + count);
      return response;
    }) as typeof response.end;
    serve(request, response, body, etag);
  };

/** Answers with a status and a short text. */
export const status =
  (code: number): Answer =>
  (_request, response) => {
    response.writeHead(code).end('an error page');
  };

/**
 * A mirror on this machine. The i-th request gets the i-th answer, further requests the last one; `requests` records
 * them.
 */
export async function startMirror(files: Record<string, Uint8Array>, ...answers: Answer[]) {
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const path = request.url!.slice(1);
    const answer = answers[Math.min(requests.length, answers.length - 1)] ?? serve;
    requests.push({
      path,
      range: request.headers.range,
      ifRange: request.headers['if-range'] as string | undefined,
    });
    const body = files[path];
    if (body === undefined) response.writeHead(404).end();
    else answer(request, response, body, `"${path}-1"`);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const close = () => {
    server.closeAllConnections();
    return new Promise<unknown>((done) => server.close(done));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests, close };
}
