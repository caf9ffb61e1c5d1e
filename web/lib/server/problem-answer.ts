import { problemMediaType, type TributaryError } from '#sdk/protocol/problem';

/** An error as problem details (RFC 9457), for endpoints that programs ask. */
export function problemAnswer(error: TributaryError): Response {
  const problem = error.toProblem();
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': problemMediaType, 'cache-control': 'no-store' }
  });
}
