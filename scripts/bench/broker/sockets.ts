import { WebSocket, type RawData } from 'ws';
import { z } from 'zod';
import { encodePublishFrame } from '#sdk/protocol/frame';
import type { Address } from '#sdk/protocol/primitives';
import { StartError } from '../../start/errors.ts';

const messageSchema = z.looseObject({ type: z.string() });

/** One message's bytes, whichever way the library hands them over. */
export function bufferOf(data: RawData): Buffer {
  return Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

/** Opens a socket. @throws StartError when the server does not take it. */
export async function openSocket(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', (error) => {
      reject(new StartError(`${url} does not take a WebSocket: ${error.message}`));
    });
  });
  return socket;
}

/** The address of the broker's WebSocket. */
export const socketUrl = (brokerUrl: string): string => `${brokerUrl.replace(/^http/, 'ws')}/v1/ws`;

/** Publishes encoded events in frames, some of which are on their way at the same time. */
export class SocketPublisher {
  private readonly socket: WebSocket;
  private readonly waiting = new Map<number, (failure?: Error) => void>();
  private frame = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => this.receive(bufferOf(data)));
  }

  static async connect(brokerUrl: string): Promise<SocketPublisher> {
    return new SocketPublisher(await openSocket(socketUrl(brokerUrl)));
  }

  /** Resolves when all events of the frame are stored. @throws StartError when the broker refuses one of them. */
  publish(events: readonly Uint8Array[]): Promise<void> {
    const id = ++this.frame;
    return this.send(id, encodePublishFrame(id, events));
  }

  /** Publishes events in frames of a size, so many of them unacknowledged at any time. */
  publishAll(events: readonly Uint8Array[], perFrame: number, ahead: number): Promise<void> {
    return this.publishFrames(framesOf(events, perFrame, this.frame + 1), ahead);
  }

  /** Publishes what {@link framesOf} made, numbered from the next frame of this connection on. */
  async publishFrames(frames: readonly Uint8Array[], ahead: number): Promise<void> {
    const before = this.frame;
    this.frame += frames.length;
    let next = 0;
    const lane = async () => {
      while (next < frames.length) {
        const frame = frames[next++];
        if (frame !== undefined) await this.send(before + next, frame);
      }
    };
    await Promise.all(Array.from({ length: ahead }, lane));
  }

  close(): void {
    this.socket.terminate();
  }

  private send(id: number, frame: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.set(id, (failure) => {
        if (failure === undefined) resolve();
        else reject(failure);
      });
      this.socket.send(frame);
    });
  }

  /** Looks for what it needs and no more: the load shares the processors with what is measured. */
  private receive(bytes: Buffer): void {
    const text = bytes.toString('latin1');
    const id = Number(/^\{"type":"acknowledged","id":(\d+),/.exec(text)?.[1] ?? -1);
    const settle = this.waiting.get(id);
    this.waiting.delete(id);
    settle?.(text.includes('"problem"') ? new StartError(`The broker refused: ${text.slice(0, 400)}`) : undefined);
  }
}

/** Events in publish frames of a size, numbered from `first` on. */
export function framesOf(events: readonly Uint8Array[], perFrame: number, first = 1): Uint8Array[] {
  return Array.from({ length: Math.ceil(events.length / perFrame) }, (_, frame) =>
    encodePublishFrame(first + frame, events.slice(frame * perFrame, (frame + 1) * perFrame))
  );
}

/** Subscribes to one partition and hands over every binary frame. Resolves when the subscription is live or reading. */
export async function subscribeTo(
  brokerUrl: string,
  place: { readonly stream: Address; readonly partition: number },
  from: { readonly offset: number } | undefined,
  onFrame: (frame: Buffer) => void
): Promise<WebSocket> {
  const socket = await openSocket(socketUrl(brokerUrl));
  const subscribed = new Promise<void>((resolve, reject) => {
    socket.on('message', (data, isBinary) => {
      const bytes = bufferOf(data);
      if (isBinary) {
        onFrame(bytes);
        return;
      }
      const text = bytes.toString('utf8');
      const { type } = messageSchema.parse(JSON.parse(text));
      if (type === 'subscribed') resolve();
      if (type === 'problem') reject(new StartError(`The broker refused: ${text}`));
    });
  });
  socket.send(JSON.stringify({ type: 'subscribe', id: 1, ...place, ...(from === undefined ? {} : { from }) }));
  await subscribed;
  return socket;
}

/** Events in a frame of them: its kind takes one byte, then comes the count. */
export const countOf = (frame: Buffer): number => frame.readUInt16BE(1);
