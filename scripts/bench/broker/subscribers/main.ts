/**
 * Many subscribers in one process: counts events of every socket and says when each has got what was expected.
 * Started by the bench of the broker, with a message that says where to connect.
 */
import { z } from 'zod';
import { addressSchema } from '#sdk/protocol/primitives';
import { bufferOf, countOf, openSocket, subscribeTo } from '../sockets.ts';

const taskSchema = z.object({
  /** http:// of a broker, or ws:// of a bare server that sends without being asked. */
  url: z.string(),
  sockets: z.int().positive(),
  /** Numbers of events after which it is said that every socket has got them; ascending. */
  milestones: z.array(z.int().positive()),
  place: z.object({ stream: addressSchema, partition: z.int() }).optional()
});

process.once('message', (message) => {
  void count(taskSchema.parse(message));
});

async function count({ url, sockets, milestones, place }: z.infer<typeof taskSchema>): Promise<void> {
  /** Sockets that have not reached a milestone. */
  const behind = milestones.map(() => sockets);
  const counter = (): ((frame: Buffer) => void) => {
    let [got, passed] = [0, 0];
    return (frame) => {
      got += countOf(frame);
      while (got >= (milestones[passed] ?? Infinity)) {
        const left = (behind[passed] ?? 0) - 1;
        behind[passed] = left;
        passed += 1;
        if (left === 0) process.send?.({ type: 'done', at: performance.timeOrigin + performance.now() });
      }
    };
  };
  for (let opened = 0; opened < sockets; opened += 50) {
    await Promise.all(
      Array.from({ length: Math.min(50, sockets - opened) }, async () => {
        const counted = counter();
        if (place !== undefined) await subscribeTo(url, place, undefined, counted);
        else (await openSocket(url)).on('message', (data) => counted(bufferOf(data)));
      })
    );
  }
  process.send?.({ type: 'ready' });
}
