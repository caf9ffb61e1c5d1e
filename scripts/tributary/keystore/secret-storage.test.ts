import { describe, expect, it } from 'vitest';
import { KeystoreInvalidError, PassphraseWrongError } from './errors.ts';
import { costOf, lightCost, openSecret, parseSecretFile, sealSecret } from './secret-storage.ts';

const passphrase = Buffer.from('testpassword');
const secret = '7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d';
const iv = { iv: '83dbcc02d8ccb40e466191a123791e0e' };

/** The test vectors of the definition of Web3 Secret Storage. */
const vectors = {
  scrypt: {
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: iv,
      ciphertext: 'd172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c',
      kdf: 'scrypt',
      kdfparams: {
        dklen: 32,
        n: 262144,
        p: 8,
        r: 1,
        salt: 'ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19'
      },
      mac: '2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097'
    },
    id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
    version: 3
  },
  pbkdf2: {
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
      ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
      kdf: 'pbkdf2',
      kdfparams: {
        c: 262144,
        dklen: 32,
        prf: 'hmac-sha256',
        salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd'
      },
      mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2'
    },
    id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
    version: 3
  }
};

describe('Web3 Secret Storage', () => {
  it.each(Object.entries(vectors))('opens the vector of its definition for %s', async (_, vector) => {
    const opened = await openSecret(JSON.stringify(vector), passphrase, 'vector');
    expect(opened.toString('hex')).toBe(secret);
  });

  it('opens what it sealed, and what other programs write differently', async () => {
    const sealed = await sealSecret(Buffer.from(secret, 'hex'), passphrase, {
      address: `0x${'aB'.repeat(20)}`,
      cost: lightCost
    });
    expect(sealed.address).toBe('ab'.repeat(20));
    const { crypto, ...rest } = sealed;
    for (const text of [
      JSON.stringify(sealed),
      JSON.stringify({ ...rest, Crypto: crypto, name: 'a field of theirs' })
    ]) {
      expect((await openSecret(text, passphrase, 'file')).toString('hex')).toBe(secret);
      expect(parseSecretFile(text, 'file').address).toBe('ab'.repeat(20));
      expect(costOf(parseSecretFile(text, 'file').crypto)).toEqual(lightCost);
    }
    const again = await sealSecret(Buffer.from(secret, 'hex'), passphrase, { cost: lightCost });
    expect(again.crypto.ciphertext).not.toBe(crypto.ciphertext);
  });

  it('says that the passphrase is wrong, also where a byte was changed', async () => {
    const sealed = await sealSecret(Buffer.from(secret, 'hex'), passphrase, { cost: lightCost });
    await expect(openSecret(JSON.stringify(sealed), Buffer.from('testpasswore'), 'file')).rejects.toThrow(
      PassphraseWrongError
    );
    const ciphertext = `${sealed.crypto.ciphertext.startsWith('00') ? 'ff' : '00'}${sealed.crypto.ciphertext.slice(2)}`;
    const changed = { ...sealed, crypto: { ...sealed.crypto, ciphertext } };
    await expect(openSecret(JSON.stringify(changed), passphrase, 'file')).rejects.toThrow(PassphraseWrongError);
  });

  it.each([
    ['no JSON', '{'],
    ['another version', JSON.stringify({ ...vectors.scrypt, version: 1 })],
    ['no crypto', JSON.stringify({ version: 3 })],
    [
      'more memory than anybody has',
      JSON.stringify({
        ...vectors.scrypt,
        crypto: { ...vectors.scrypt.crypto, kdfparams: { ...vectors.scrypt.crypto.kdfparams, n: 2 ** 40 } }
      })
    ]
  ])('refuses a file with %s', async (_, text) => {
    await expect(openSecret(text, passphrase, 'file')).rejects.toThrow(KeystoreInvalidError);
  });
});
