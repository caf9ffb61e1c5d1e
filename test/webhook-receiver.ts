import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { noticeSchema, type Notice } from '#sdk/protocol/notices';
import { verifyWebhook } from '#sdk/protocol/webhook-signature';

/** A request that came, its signature checked where the secret of its path is known. */
export interface Received {
  readonly path: string;
  readonly host: string;
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly notice: Notice;
  /** What came of checking the signature. */
  readonly genuine: boolean;
}

export interface WebhookReceiver {
  readonly port: number;
  /** By path: the secret that was shown when the webhook was registered. */
  readonly secrets: Map<string, string>;
  /** Everything that came, also what was refused. */
  readonly received: Received[];
  /** What it answers from now on: a status, or nothing at all, the connection cut. */
  answer(how: number | 'cut', headers?: Record<string, string>): void;
  stop(): Promise<void>;
}

/** A server that takes webhooks as a customer's would: reads the body, checks it, then answers. */
export async function startWebhookReceiver(now: () => number = Date.now): Promise<WebhookReceiver> {
  const secrets = new Map<string, string>();
  const received: Received[] = [];
  let how: number | 'cut' = 204;
  let added: Record<string, string> = {};
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const { url: path = '', headers } = request;
      const get = (name: string) => (typeof headers[name] === 'string' ? headers[name] : null);
      const secret = secrets.get(path) ?? '';
      void verifyWebhook(secret, { get }, body, Math.floor(now() / 1_000))
        .then(
          () => true,
          () => false
        )
        .then((genuine) => {
          const notice = noticeSchema.parse(JSON.parse(body.toString('utf8')));
          received.push({ path, host: headers.host ?? '', id: get('webhook-id') ?? '', headers, notice, genuine });
          if (how === 'cut') request.socket.destroy();
          else response.writeHead(how, added).end();
        });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    secrets,
    received,
    answer(next, headers = {}) {
      how = next;
      added = headers;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  };
}
