import {
  createCipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync
} from 'node:crypto';
import { createRequire } from 'node:module';
import { bytesOf } from '#sdk/protocol/binary';
import { createSeal } from '#sdk/protocol/hpke-key-schedule';
import type { Hex } from '#sdk/protocol/primitives';
import { type EventSigner, personalMessageHash, privateKeySigner } from '#sdk/protocol/signature';

const privatePrefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b656e032100', 'hex');

/** HPKE on OpenSSL, as a broker does it; rooms do not import each other, and it is short. */
export const sealNatively = createSeal({
  keyPairOf: (bytes) => {
    const der = bytes === undefined ? undefined : Buffer.concat([privatePrefix, bytes]);
    const privateKey =
      der === undefined
        ? generateKeyPairSync('x25519').privateKey
        : createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    return {
      publicKey: createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length),
      agree: (other) => {
        const key = Buffer.concat([publicPrefix, other]);
        return diffieHellman({ privateKey, publicKey: createPublicKey({ key, format: 'der', type: 'spki' }) });
      }
    };
  },
  hmacSha256: (key, message) => createHmac('sha256', key).update(message).digest(),
  encrypt: (key, nonce, plaintext, additionalData) => {
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(additionalData);
    return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  }
});

interface NativeSecp256k1 {
  ecdsaSign(digest: Uint8Array, privateKey: Uint8Array): { signature: Uint8Array; recid: number };
}

/** Signatures of privateKeySigner, on the native library that a broker uses. */
export function nativeSigner(privateKey: Hex): EventSigner {
  const native = createRequire(import.meta.url)('secp256k1/bindings.js') as NativeSecp256k1;
  return {
    ...privateKeySigner(privateKey),
    sign: (payload) => {
      const { signature, recid } = native.ecdsaSign(personalMessageHash(payload), bytesOf(privateKey));
      return Promise.resolve(Uint8Array.from([...signature, 27 + recid]));
    }
  };
}
