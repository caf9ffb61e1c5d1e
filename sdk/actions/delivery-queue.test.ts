import { describe, expect, it, vi } from 'vitest';
import { createDeliveryQueue } from './delivery-queue.ts';

const create = (limit = 3) => {
  const onDrained = vi.fn();
  const onEnd = vi.fn();
  return { queue: createDeliveryQueue<number>({ limit, onDrained, onEnd }), onDrained, onEnd };
};

describe('a delivery queue', () => {
  it('hands over what came before and what comes while it is waited for', async () => {
    const { queue } = create();
    const items = queue.iterator();
    queue.push(1);
    expect(await items.next()).toEqual({ done: false, value: 1 });
    const later = items.next();
    queue.push(2);
    expect(await later).toEqual({ done: false, value: 2 });
  });

  it('says when it is full, keeps the item all the same, and says when it is drained', async () => {
    const { queue, onDrained } = create(2);
    expect([queue.push(1), queue.push(2), queue.push(3)]).toEqual([true, false, false]);
    const items = queue.iterator();
    await items.next();
    await items.next();
    expect(onDrained).not.toHaveBeenCalled();
    expect(await items.next()).toEqual({ done: false, value: 3 });
    expect(onDrained).toHaveBeenCalledOnce();
    expect(queue.push(4)).toBe(true);
  });

  it('throws what went wrong after what was waiting, once', async () => {
    const { queue } = create();
    queue.push(1);
    queue.fail(new RangeError('broken'));
    const items = queue.iterator();
    expect(await items.next()).toEqual({ done: false, value: 1 });
    await expect(items.next()).rejects.toThrow('broken');
    expect(await items.next()).toEqual({ done: true, value: undefined });
  });

  it('ends for whoever waits, and takes nothing more', async () => {
    const { queue } = create();
    const waiting = queue.iterator().next();
    queue.end();
    expect(await waiting).toEqual({ done: true, value: undefined });
    queue.push(1);
    expect(await queue.iterator().next()).toEqual({ done: true, value: undefined });
  });

  it('tells its owner when the iteration is left', async () => {
    const { queue, onEnd } = create();
    queue.push(1);
    for await (const item of { [Symbol.asyncIterator]: () => queue.iterator() }) {
      expect(item).toBe(1);
      break;
    }
    expect(onEnd).toHaveBeenCalledOnce();
  });
});
