import type { Hex } from '#sdk/protocol/primitives';

/** What is to be checked: whether `origin`, an account, signed the payload. */
export interface SignatureCheck {
  readonly payload: Uint8Array;
  /** 65 bytes. */
  readonly signature: Uint8Array;
  readonly origin: Hex;
}

const signatureBytes = 65;
const originBytes = 20;
const fixedBytes = 4 + signatureBytes + originBytes;

/** Bytes that a check takes in a message. */
export const sizeOfCheck = (check: SignatureCheck): number => fixedBytes + check.payload.length;

/** One message of checks, in memory of its own that can be handed over: length of the payload, then the three parts. */
export function writeChecks(checks: readonly SignatureCheck[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(checks.reduce((sum, check) => sum + sizeOfCheck(check), 0));
  const buffer = Buffer.from(bytes.buffer);
  let at = 0;
  for (const { payload, signature, origin } of checks) {
    at = buffer.writeUInt32BE(payload.length, at);
    bytes.set(payload, at);
    bytes.set(signature, at + payload.length);
    at += payload.length + signatureBytes;
    at += buffer.write(origin.slice(2), at, originBytes, 'hex');
  }
  return bytes;
}

/** The checks of a message; payloads and signatures are views of it. */
export function readChecks(bytes: Uint8Array): SignatureCheck[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const checks: SignatureCheck[] = [];
  for (let at = 0; at < buffer.length;) {
    const payloadAt = at + 4;
    const signatureAt = payloadAt + buffer.readUInt32BE(at);
    const originAt = signatureAt + signatureBytes;
    at = originAt + originBytes;
    checks.push({
      payload: bytes.subarray(payloadAt, signatureAt),
      signature: bytes.subarray(signatureAt, originAt),
      origin: `0x${buffer.toString('hex', originAt, at)}`
    });
  }
  return checks;
}
