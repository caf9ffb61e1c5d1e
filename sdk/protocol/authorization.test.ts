import { expect, it } from 'vitest';
import { authorizationNonceOf } from './authorization.ts';
import type { Hex } from './primitives.ts';
import vectors from './vectors/identifiers.json' with { type: 'json' };

it.each(vectors.authorizations)('vector: $nonce', ({ offerId, buyer, purchase, nonce }) => {
  const bought = { ...purchase, until: BigInt(purchase.until) } as { until: bigint; publicKey: Hex; attestation: Hex };
  expect(authorizationNonceOf(offerId as Hex, buyer as Hex, bought)).toBe(nonce);
});

it('differs with everything that the buyer authorises', () => {
  const hash = (byte: string): Hex => `0x${byte.repeat(32)}`;
  const account = (byte: string): Hex => `0x${byte.repeat(20)}`;
  const purchase = { until: 3_600n, publicKey: hash('01'), attestation: hash('00') };
  const nonces = [
    authorizationNonceOf(hash('aa'), account('bb'), purchase),
    authorizationNonceOf(hash('ab'), account('bb'), purchase),
    authorizationNonceOf(hash('aa'), account('bc'), purchase),
    authorizationNonceOf(hash('aa'), account('bb'), { ...purchase, until: 3_601n }),
    authorizationNonceOf(hash('aa'), account('bb'), { ...purchase, publicKey: hash('02') }),
    authorizationNonceOf(hash('aa'), account('bb'), { ...purchase, attestation: hash('02') })
  ];
  expect(new Set(nonces).size).toBe(nonces.length);
});
