import type { StoredMsg } from '@nats-io/jetstream';
import { JetStreamUnavailableError } from './errors.ts';
import { awayError, answeredCode, type Link, type NatsLink, requestTimeout } from './nats-link.ts';
import type { Names } from './names.ts';

/** Codes with which JetStream says that a stream or a message is not there. */
const streamNotFound = 10_059;
const messageNotFound = 10_037;

/** Reads messages of streams that may not be there. */
export class MessageReader {
  private readonly nats: NatsLink;
  /** Any server may answer, which is faster; with replicas only the leader knows the newest messages. */
  private readonly direct: boolean;

  constructor(nats: NatsLink, replicas: number) {
    this.nats = nats;
    this.direct = replicas === 1;
  }

  /** The newest message under a subject, which may have wildcards; null if there is none. */
  last(stream: string, subject: string): Promise<StoredMsg | null> {
    return this.get(stream, { last_by_subj: subject });
  }

  /** The first message under a subject at or after a sequence of JetStream; null if there is none. */
  next(stream: string, subject: string, seq: number): Promise<StoredMsg | null> {
    return this.get(stream, { seq, next_by_subj: subject });
  }

  /**
   * Consecutive messages under a subject from a sequence of JetStream on; none exactly if there are none.
   *
   * @param most Messages that are wanted.
   * @param bytes After which no further message is begun.
   */
  async batch(stream: string, subject: string, seq: number, most: number, bytes: number): Promise<StoredMsg[]> {
    const link = await this.nats.open();
    if (this.direct && most > 1 && directKnown(link)) {
      try {
        return await this.nats.answer(readBatch(link, stream, subject, seq, most, bytes));
      } catch (error) {
        // As for one message: asked for one by one then.
        if (!isUnheard(error)) throw awayError(error);
      }
    }
    const messages: StoredMsg[] = [];
    for (let size = 0, from = seq; messages.length < most && size < bytes;) {
      const message = await this.next(stream, subject, from);
      if (message === null) break;
      messages.push(message);
      size += message.data.length;
      from = message.seq + 1;
    }
    return messages;
  }

  /** Names of the streams that take messages under a subject. */
  async streams(subject: string): Promise<string[]> {
    const { manager } = await this.nats.open();
    const names: string[] = [];
    try {
      for (const lister = manager.streams.names(subject); ;) {
        const page = await this.nats.answer(lister.next());
        if (page.length === 0) break;
        names.push(...page);
      }
    } catch (error) {
      throw awayError(error);
    }
    return names;
  }

  private async get(
    stream: string,
    query: { last_by_subj: string } | { seq: number; next_by_subj: string }
  ): Promise<StoredMsg | null> {
    const link = await this.nats.open();
    const { manager } = link;
    if (this.direct && directKnown(link)) {
      try {
        return await this.nats.answer(manager.direct.getMessage(stream, query));
      } catch (error) {
        // Nobody listens for direct requests to a stream that is not there, or that was made for several replicas.
        if (!isUnheard(error)) throw awayError(error);
      }
    }
    try {
      return await this.nats.answer(manager.streams.getMessage(stream, query as { last_by_subj: string }));
    } catch (error) {
      if ([streamNotFound, messageNotFound].includes(answeredCode(error) ?? 0)) return null;
      throw awayError(error);
    }
  }
}

/** Makes a stream if it is not there; one that an operator has changed stays as it is. */
export async function makeStream(nats: NatsLink, definition: ReturnType<Names['partitionStream']>): Promise<void> {
  const { manager } = await nats.open();
  try {
    await nats.answer(manager.streams.add(definition));
  } catch (error) {
    const inUseOtherwise = 10_058;
    if (answeredCode(error) !== inUseOtherwise) throw awayError(error);
  }
}

const isUnheard = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'NoRespondersError' || /no responders/i.test(error.message));

/** Servers before 2.11 know no batches, and no wildcards in direct requests. */
const directKnown = (link: Link): boolean => {
  const [major = 0, minor = 0] = (link.connection.info?.version ?? '').split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 11);
};

function readBatch(
  link: Link,
  stream: string,
  subject: string,
  seq: number,
  most: number,
  bytes: number
): Promise<StoredMsg[]> {
  return new Promise((resolve, reject) => {
    const messages: StoredMsg[] = [];
    let finished = false;
    let stop: (() => void) | undefined;
    const finish = (error?: unknown): void => {
      if (finished) return;
      finished = true;
      clearTimeout(timer);
      stop?.();
      // Whatever came before the fault is good: what follows is asked for again.
      if (error === undefined || messages.length > 0) resolve(messages);
      else reject(error instanceof Error ? error : awayError(error));
    };
    // The connection may break in the middle of an answer, of which nobody tells.
    const timer = setTimeout(
      () => finish(new JetStreamUnavailableError('JetStream does not answer. Try again in a moment.')),
      requestTimeout
    );
    link.manager.direct
      .getBatch(stream, {
        seq,
        next_by_subj: subject,
        batch: most,
        max_bytes: bytes,
        callback: (done, message) => {
          if (done === null) messages.push(message);
          else if (done.err === undefined || isNotFound(done.err)) finish();
          else finish(done.err);
        }
      })
      .then(
        (iterator) => {
          stop = () => iterator.stop();
          if (finished) iterator.stop();
        },
        (error: unknown) => finish(error)
      );
  });
}

const isNotFound = (error: Error): boolean => 'code' in error && error.code === 404;
