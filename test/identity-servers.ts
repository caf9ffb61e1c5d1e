import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';

/** A web server for many domains, and a name server: small, of this machine, and changed while they run. */
export interface IdentityServers {
  readonly webPort: number;
  /** host:port of the name server. */
  readonly nameServer: string;
  /** Domain -> what its file under /.well-known says; an address that begins with http: is redirected to. */
  readonly files: Map<string, string>;
  /** Name -> texts of its TXT records. */
  readonly records: Map<string, readonly string[]>;
  /** Requests for files so far, by domain. */
  readonly asked: Map<string, number>;
  stop(): Promise<void>;
}

export async function startIdentityServers(): Promise<IdentityServers> {
  const files = new Map<string, string>();
  const records = new Map<string, readonly string[]>();
  const asked = new Map<string, number>();
  const web = createServer((request, response) => {
    const domain = request.headers.host ?? '';
    asked.set(domain, (asked.get(domain) ?? 0) + 1);
    const file = files.get(domain);
    if (request.url !== '/.well-known/tributary.json' || file === undefined) {
      response.writeHead(404).end();
    } else if (file.startsWith('http:')) {
      response.writeHead(302, { location: file }).end();
    } else {
      response.writeHead(200, { 'content-type': 'application/json' }).end(file);
    }
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  const names = createSocket('udp4');
  names.on('message', (query, { port, address }) => {
    names.send(answerTo(query, records), port, address);
  });
  await new Promise<void>((resolve) => {
    names.bind(0, '127.0.0.1', resolve);
  });
  const webAddress = web.address();
  return {
    webPort: typeof webAddress === 'object' && webAddress !== null ? webAddress.port : 0,
    nameServer: `127.0.0.1:${String(names.address().port)}`,
    files,
    records,
    asked,
    async stop() {
      await new Promise<void>((resolve) => {
        names.close(resolve);
      });
      web.closeAllConnections();
      await new Promise<void>((resolve) => {
        web.close(() => {
          resolve();
        });
      });
    }
  };
}

/** An answer of DNS (RFC 1035) to a question for TXT records. */
function answerTo(query: Buffer, records: ReadonlyMap<string, readonly string[]>): Buffer {
  const labels: string[] = [];
  let end = 12;
  for (let length = query[end] ?? 0; length !== 0; length = query[end] ?? 0) {
    labels.push(query.toString('latin1', end + 1, end + 1 + length));
    end += 1 + length;
  }
  const question = query.subarray(12, end + 5);
  const texts = records.get(labels.join('.').toLowerCase());
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  // an answer, by whoever decides; code 3 where there is no such name
  header.writeUInt16BE(0x8580 | (texts === undefined ? 3 : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(texts?.length ?? 0, 6);
  const answers = (texts ?? []).map((text) => {
    // a string has 255 bytes at most; longer texts are several
    const strings = text.match(/.{1,255}/g) ?? [''];
    const data = Buffer.concat(strings.map((one) => Buffer.from([one.length, ...Buffer.from(one, 'latin1')])));
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(16, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt16BE(data.length, 10);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([header, question, ...answers]);
}
