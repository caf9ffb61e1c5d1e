import {
  createCipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject
} from 'node:crypto';
import { createSeal } from '#sdk/protocol/hpke-key-schedule';

/** DER around 32 bytes of X25519 (RFC 8410): a private key as PKCS #8, a public key as SPKI. */
const privatePrefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b656e032100', 'hex');

/** HPKE sealing on OpenSSL: some 20 times as fast as the portable one, byte for byte the same. */
export const sealNatively = createSeal({
  keyPairOf: (privateKey) => {
    const pair = privateKey === undefined ? generateKeyPairSync('x25519') : importKeyPair(privateKey);
    return {
      publicKey: pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length),
      agree: (bytes) => {
        const key = Buffer.concat([publicPrefix, bytes]);
        const publicKey = createPublicKey({ key, format: 'der', type: 'spki' });
        return diffieHellman({ privateKey: pair.privateKey, publicKey });
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

function importKeyPair(bytes: Uint8Array): { privateKey: KeyObject; publicKey: KeyObject } {
  const key = Buffer.concat([privatePrefix, bytes]);
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}
