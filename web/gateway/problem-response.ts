import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { problemMediaType, type TributaryError } from '#sdk/protocol/problem';

/** Answers with problem details (RFC 9457); does nothing more than end where an answer is already under way. */
export function answerProblem(response: ServerResponse, error: TributaryError, retryAfter?: number): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const problem = { ...error.toProblem(), ...(retryAfter === undefined ? {} : { retryAfter }) };
  const body = JSON.stringify(problem);
  response.writeHead(problem.status, {
    'content-type': problemMediaType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfter)) })
  });
  response.end(body);
}

/** The same on a socket that asked for a WebSocket. */
export function refuseUpgrade(socket: Duplex, error: TributaryError): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const problem = error.toProblem();
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${String(problem.status)} Refused\r\nconnection: close\r\ncontent-type: ${problemMediaType}\r\n` +
      `content-length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`
  );
}
