import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { bucketSecret } from '#sdk/protocol/complete-subtree';
import { privateKeySigner } from '#sdk/protocol/signature';
import { generateRoot, rootSeed } from '#sdk/protocol/slot-keys';
import { makeEraChangeAside } from './era-change-maker.ts';

it('makes a large era change in a thread of its own', async () => {
  const signer = privateKeySigner(`0x${randomBytes(32).toString('hex')}`);
  const secret = bucketSecret(new Uint8Array(randomBytes(32)), 1_000);
  const leaves = Array.from({ length: 2_500 }, (_, leaf) => leaf).filter((leaf) => leaf !== 1_234);
  const change = await makeEraChangeAside(
    {
      stream: `0x${'5a'.repeat(20)}`,
      era: 1,
      fromSlot: 10,
      untilSlot: 2_000,
      seeds: [rootSeed(generateRoot())],
      buckets: [{ end: 1_000, secret, leaves }]
    },
    signer
  );
  expect(change?.buckets).toHaveLength(1);
});
