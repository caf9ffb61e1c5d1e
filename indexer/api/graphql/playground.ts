import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { exampleQueries } from './example-queries.ts';

/** Where the playground's files stand. */
export const playgroundPath = '/graphql/playground';

/**
 * Everything is of this origin, scripts are files of their own, and nothing is evaluated. Monaco, the editor, places its
 * styles while it runs.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ');

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <meta name="robots" content="noindex" />
    <title>GraphQL playground · Tributary</title>
    <link rel="icon" href="/favicon.svg" />
    <link rel="stylesheet" href="${playgroundPath}/graphiql.css" />
    <style>html, body, #root { height: 100%; margin: 0; }</style>
  </head>
  <body>
    <noscript>The playground needs JavaScript. /v1/reference describes the market's interface without it.</noscript>
    <div id="root"></div>
    <script src="${playgroundPath}/graphiql.js"></script>
    <script src="${playgroundPath}/start.js"></script>
  </body>
</html>
`;

const start = `
const workers = { json: 'json', graphql: 'graphql' };
self.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_module, label) => '${playgroundPath}/' + (workers[label] ?? 'editor') + '.worker.js'
};
YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), {
  title: 'Tributary',
  endpoint: '/graphql',
  defaultTabs: ${JSON.stringify(exampleQueries.map((query) => ({ query })))}
});
`;

interface PlaygroundFile {
  readonly type: string;
  /** Compressed by gzip. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly tag: string;
}

const script = 'text/javascript; charset=utf-8';
/** Nine megabytes of text: read when somebody first asks, and kept compressed (2.4 MB). */
let reading: Promise<ReadonlyMap<string, PlaygroundFile>> | undefined;

async function readFiles(): Promise<ReadonlyMap<string, PlaygroundFile>> {
  const { css, editorWorkerService, graphqlWorker, js, jsonWorker } =
    await import('@graphql-yoga/render-graphiql/graphiql');
  const files = [
    ['graphiql.css', 'text/css; charset=utf-8', css],
    ['graphiql.js', script, js],
    ['start.js', script, start],
    ['editor.worker.js', script, editorWorkerService],
    ['json.worker.js', script, jsonWorker],
    ['graphql.worker.js', script, graphqlWorker]
  ] as const;
  return new Map(
    await Promise.all(
      files.map(async ([name, type, text]) => {
        const bytes = new Uint8Array(await promisify(gzip)(text));
        return [name, { type, bytes, tag: `"${createHash('sha256').update(bytes).digest('base64url')}"` }] as const;
      })
    )
  );
}

/** Whether somebody with a browser asks for /graphql, rather than a program for an answer. */
export function isForPlayground(request: Request): boolean {
  return (
    request.method === 'GET' &&
    (request.headers.get('accept') ?? '').includes('text/html') &&
    !new URL(request.url).searchParams.has('query')
  );
}

/** GraphiQL, with queries to begin with, from this origin alone. */
export function playgroundPage(): Response {
  return new Response(page, {
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy, vary: 'Accept' }
  });
}

/**
 * A file of the playground, as it goes over the network.
 *
 * @returns null where there is none of this name.
 */
export async function playgroundFile(name: string, request: Request): Promise<Response | null> {
  reading ??= readFiles();
  const file = (await reading).get(name);
  if (file === undefined) return null;
  const headers = { etag: file.tag, 'cache-control': 'public, max-age=3600', vary: 'Accept-Encoding' };
  if (request.headers.get('if-none-match') === file.tag) return new Response(null, { status: 304, headers });
  if (!/\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')) {
    const stream = new Blob([file.bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Response(stream, { headers: { ...headers, 'content-type': file.type } });
  }
  return new Response(file.bytes, {
    headers: { ...headers, 'content-type': file.type, 'content-encoding': 'gzip' }
  });
}
