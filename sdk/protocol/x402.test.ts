import { x402Client, x402HTTPClient } from '@x402/fetch';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  decodePaymentHeader,
  encodePaymentHeader,
  paymentHeaders,
  PaymentInvalidError,
  paymentPayloadSchema,
  type PaymentPayload,
  type PaymentRequired
} from './x402.ts';

const address = (digit: string) => `0x${digit.repeat(40)}` as const;
const bytes32 = (digit: string) => `0x${digit.repeat(64)}` as const;
const accepted: PaymentPayload['accepted'] = {
  scheme: 'exact',
  network: 'eip155:31337',
  amount: '360000000000000000',
  asset: address('a'),
  payTo: address('b'),
  maxTimeoutSeconds: 120,
  extra: {
    name: 'DATAcoin',
    version: '1',
    purchase: {
      offerId: bytes32('1'),
      licensee: address('c'),
      position: 0,
      until: 1_800_000_000,
      publicKey: bytes32('2'),
      attestation: bytes32('0'),
      amount: '360000000000000000',
      refundTo: address('c')
    }
  }
};
const payment: PaymentPayload = {
  x402Version: 2,
  resource: { url: 'http://market.test/v1/products/1/access' },
  accepted,
  payload: {
    signature: `0x${'12'.repeat(65)}`,
    authorization: {
      from: address('d'),
      to: address('b'),
      value: accepted.amount,
      validAfter: '0',
      validBefore: '1800000000',
      nonce: bytes32('3')
    }
  }
};

/** The library by which clients read and write. */
const library = new x402HTTPClient(new x402Client());

it('writes what the client library of x402 reads', () => {
  const required: PaymentRequired = {
    x402Version: 2,
    error: 'Ωμέγα 🚌',
    resource: { url: 'http://market.test/' },
    accepts: [accepted]
  };
  const header = encodePaymentHeader(required);
  expect(library.getPaymentRequiredResponse((name) => (name === paymentHeaders.required ? header : null))).toEqual(
    required
  );
});

it('reads what the client library of x402 writes, in lowercase', () => {
  const to = '0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB';
  const { authorization } = payment.payload;
  const headers = library.encodePaymentSignatureHeader({
    ...payment,
    payload: { ...payment.payload, authorization: { ...authorization, to } }
  } as never);
  expect(Object.keys(headers)).toEqual([paymentHeaders.signature]);
  expect(decodePaymentHeader(paymentPayloadSchema, headers[paymentHeaders.signature] ?? '')).toEqual(payment);
});

it('refuses everything else, and says where it is wrong', () => {
  const { payTo: _, ...without } = accepted;
  const header = encodePaymentHeader({ ...payment, accepted: without } as never);
  expect(() => decodePaymentHeader(paymentPayloadSchema, header)).toThrow(/At accepted\.payTo/);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json()), (text) => {
      expect(() => decodePaymentHeader(paymentPayloadSchema, text)).toThrow(PaymentInvalidError);
    })
  );
  expect(() =>
    decodePaymentHeader(paymentPayloadSchema, `${encodePaymentHeader(payment)}${'A'.repeat(12_000)}`)
  ).toThrow(PaymentInvalidError);
});
