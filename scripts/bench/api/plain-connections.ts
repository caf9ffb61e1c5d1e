import { connect, type Socket } from 'node:net';
import { StartError } from '../../start/errors.ts';

/** What a server answered. */
export interface PlainAnswer {
  readonly status: number;
  readonly body: string;
}

/** Requests over connections that are kept. */
export interface PlainConnections {
  /** @throws {@link StartError} where the connection ends or the answer does not say how long it is. */
  ask(head: string, body?: string): Promise<PlainAnswer>;
  close(): void;
}

/**
 * HTTP/1.1 (RFC 9112) with as little around it as a database's client has: Node's own client takes twice the processor
 * time of the server that it asks, and the figure would be the client's. It reads only what the measured servers send:
 * answers with a Content-Length, one at a time on each connection.
 *
 * @param most Connections that are open at once; more requests than that wait.
 */
export function plainConnections(url: string, most: number): PlainConnections {
  const { hostname, port, host } = new URL(url);
  const free: Connection[] = [];
  const all = new Set<Connection>();
  const waiting: ((connection: Connection) => void)[] = [];

  const take = (): Promise<Connection> | Connection => {
    for (let connection = free.pop(); connection !== undefined; connection = free.pop()) {
      if (!connection.isClosed) return connection;
      // servers close what was idle for some seconds
      all.delete(connection);
    }
    if (all.size >= most) return new Promise((resolve) => waiting.push(resolve));
    const made = new Connection(connect(Number(port), hostname));
    all.add(made);
    return made;
  };
  const giveBack = (connection: Connection): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(connection);
    else next(connection);
  };

  return {
    async ask(head, body = '') {
      const connection = await take();
      const length = body === '' ? '' : `content-length: ${String(Buffer.byteLength(body))}\r\n`;
      const answer = await connection.ask(`${head}\r\nhost: ${host}\r\n${length}\r\n${body}`);
      giveBack(connection);
      return answer;
    },
    close() {
      for (const connection of all) connection.close();
    }
  };
}

/** One connection, one request at a time. */
class Connection {
  private text = '';
  private asked: { resolve: (answer: PlainAnswer) => void; reject: (error: Error) => void } | null = null;
  private readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
    // one character a byte, so that lengths are those of the header
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (part: string) => {
      this.text += part;
      this.read();
    });
    socket.once('error', (error) => {
      this.fail(error.message);
    });
    socket.once('close', () => {
      this.fail('it was closed');
    });
  }

  get isClosed(): boolean {
    return this.socket.destroyed || this.socket.readableEnded;
  }

  ask(request: string): Promise<PlainAnswer> {
    return new Promise((resolve, reject) => {
      this.asked = { resolve, reject };
      this.socket.write(request);
    });
  }

  close(): void {
    this.asked = null;
    this.socket.destroy();
  }

  private read(): void {
    const begin = this.text.indexOf('\r\n\r\n') + 4;
    if (begin < 4) return;
    const length = /^content-length: (\d+)/im.exec(this.text.slice(0, begin))?.[1];
    if (length === undefined) {
      this.fail(`the answer does not say its length: ${this.text.slice(0, begin)}`);
      return;
    }
    const end = begin + Number(length);
    if (this.text.length < end) return;
    const answer = { status: Number(this.text.slice(9, 12)), body: this.text.slice(begin, end) };
    const { asked } = this;
    this.text = '';
    this.asked = null;
    asked?.resolve(answer);
  }

  private fail(why: string): void {
    this.asked?.reject(new StartError(`A connection of the measurement failed: ${why}`));
    this.asked = null;
  }
}
