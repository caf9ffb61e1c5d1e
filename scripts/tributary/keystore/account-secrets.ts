import { join } from 'node:path';
import { toBytes, toHex } from 'viem';
import { z } from 'zod';
import type { StreamKeys } from '#sdk/actions/stream-keys';
import { keyPairOf } from '#sdk/protocol/hpke';
import type { KeyPair } from '#sdk/protocol/hpke';
import { addressSchema, bytes32Schema, millisecondsSchema, secondsSchema } from '#sdk/protocol/primitives';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { rootSeed } from '#sdk/protocol/slot-keys';
import { KeystoreInvalidError } from './errors.ts';
import { readPrivateFile, whileLocked, writePrivateFile } from './private-file.ts';
import { openSecret, sealSecret } from './secret-storage.ts';
import type { ScryptCost } from './secret-storage.ts';

/** An X25519 key to which the grants of a licence are sealed. */
const licenseKeySchema = z.object({
  publicKey: bytes32Schema,
  /** 32 bytes. */
  privateKey: bytes32Schema,
  /** The offer for whose licence it was made. */
  offerId: bytes32Schema,
  /** Streams of that offer; absent in keys that come from elsewhere. */
  streams: z.array(addressSchema).max(64).optional(),
  createdAt: millisecondsSchema
});
export type LicenseKey = z.infer<typeof licenseKeySchema>;

/** The root of one era of a stream of the account's own: whoever has it reads everything. */
const streamRootSchema = z.object({
  stream: addressSchema,
  era: z.int().min(0),
  /** 32 bytes. */
  root: bytes32Schema,
  /** Unix seconds; no key before it is ever needed. */
  createdAt: secondsSchema
});
export type StreamRoot = z.infer<typeof streamRootSchema>;

/** The X25519 key to which an issuer of the account's own seals the keys of a stream, for its publisher. */
const publisherKeySchema = licenseKeySchema.pick({ publicKey: true, privateKey: true, createdAt: true }).extend({
  stream: addressSchema
});

const secretsSchema = z.object({
  version: z.literal(1),
  licenseKeys: z.array(licenseKeySchema).max(100_000),
  streamRoots: z.array(streamRootSchema).max(100_000),
  publisherKeys: z.array(publisherKeySchema).max(100_000).default([])
});
type Secrets = z.infer<typeof secretsSchema>;

/**
 * What an account must keep beside its own key: the keys of its licences and the roots of its streams. One file,
 * sealed like the keystore, written before anything that depends on it is sent.
 */
export interface AccountSecrets {
  readonly file: string;
  /** The newest key made for an offer with this stream. */
  streamReaderKey(stream: Address): KeyPair | undefined;
  /** Key pairs by their public halves, as the chain names them. */
  keyPair(publicKey: Hex): KeyPair | undefined;
  /** The key for buying or renewing a licence: the one already made for the offer, or a new one, on disk by then. */
  licenseKeyFor(parameters: {
    readonly offerId: Hex;
    readonly streams: readonly Address[];
    readonly make: () => Promise<KeyPair>;
    /** Unix milliseconds. */
    readonly now: number;
  }): Promise<KeyPair>;
  /** Keys of all eras of a stream, the oldest first; empty where it was created elsewhere. */
  streamKeys(stream: Address): readonly (StreamKeys & { readonly createdAt: number; readonly root: Hex })[];
  /** The key pair registered on a stream whose keys an issuer of the account's own makes. */
  publisherKey(stream: Address): KeyPair | undefined;
  /** What a stream is published with: whichever of keys and key pair came last. */
  newestKeys(stream: Address): { readonly keys: StreamKeys } | { readonly keyPair: KeyPair } | undefined;
  /** On disk when it returns. */
  addPublisherKey(stream: Address, keyPair: KeyPair, now: number): Promise<void>;
  /** On disk when it returns. */
  addStreamRoot(root: StreamRoot): Promise<void>;
  /** Takes over what another file held. @returns How many were new. */
  merge(others: Omit<Secrets, 'version'>): Promise<number>;
}

/** The file for an account. */
export const secretsFileOf = (home: string, account: Address) => join(home, 'secrets', `${account}.json`);

/**
 * Opens the secrets of an account; a file that is not there begins empty.
 *
 * @throws {@link PassphraseWrongError}, {@link KeystoreInvalidError}, FileExposedError.
 */
export async function openAccountSecrets(
  file: string,
  passphrase: Uint8Array,
  cost: ScryptCost
): Promise<AccountSecrets> {
  let secrets = await readSecrets(file, passphrase);
  // One after the other within this process; the lock is for other ones.
  let turn = Promise.resolve();

  /** Changes what is on disk now, which another run may have changed meanwhile. */
  const change = (apply: (present: Secrets) => Secrets) => {
    const done = turn.then(() =>
      whileLocked(file, async () => {
        const changed = apply(await readSecrets(file, passphrase));
        const sealed = await sealSecret(Buffer.from(JSON.stringify(changed)), passphrase, { cost });
        await writePrivateFile(file, `${JSON.stringify(sealed, null, 2)}\n`);
        secrets = changed;
      })
    );
    turn = done.catch(() => undefined);
    return done;
  };

  const newestOf = (fits: (key: LicenseKey) => boolean) =>
    secrets.licenseKeys.filter(fits).sort((a, b) => b.createdAt - a.createdAt)[0];
  const newest = (offerId: Hex) => newestOf((key) => key.offerId === offerId);
  const pairOf = (key: Pick<LicenseKey, 'privateKey'> | undefined) =>
    key === undefined ? undefined : keyPairOf(toBytes(key.privateKey));

  const publisherKeyOf = (stream: Address) =>
    secrets.publisherKeys.filter((key) => key.stream === stream).sort((a, b) => b.createdAt - a.createdAt)[0];
  const streamKeys = (stream: Address) =>
    secrets.streamRoots
      .filter((root) => root.stream === stream)
      .sort((a, b) => a.era - b.era)
      .map(({ era, root, createdAt }) => ({ era, seeds: [rootSeed(toBytes(root))], createdAt, root }));

  return {
    file,
    streamReaderKey: (stream) => pairOf(newestOf((key) => key.streams?.includes(stream) === true)),
    keyPair: (publicKey) => pairOf(secrets.licenseKeys.find((key) => key.publicKey === publicKey)),
    licenseKeyFor: async ({ offerId, streams, make, now }) => {
      const known = pairOf(newest(offerId));
      if (known !== undefined) return known;
      const made = await make();
      const key = {
        publicKey: made.publicKey,
        privateKey: toHex(made.privateKey),
        offerId,
        streams: [...streams],
        createdAt: now
      };
      await change((present) =>
        // Another run may have been first: both then use the same one.
        present.licenseKeys.some((each) => each.offerId === offerId)
          ? present
          : { ...present, licenseKeys: [...present.licenseKeys, key] }
      );
      return pairOf(newest(offerId)) ?? made;
    },
    streamKeys,
    publisherKey: (stream) => pairOf(publisherKeyOf(stream)),
    newestKeys: (stream) => {
      const [registered, keys] = [publisherKeyOf(stream), streamKeys(stream).at(-1)];
      const keyPair = pairOf(registered);
      // The one in milliseconds, the other in seconds.
      const isOlder = registered !== undefined && keys !== undefined && registered.createdAt < keys.createdAt * 1000;
      if (keyPair !== undefined && !isOlder) return { keyPair };
      return keys === undefined ? undefined : { keys };
    },
    addPublisherKey: (stream, { publicKey, privateKey }, now) =>
      change((present) => ({
        ...present,
        publisherKeys: [...present.publisherKeys, { stream, publicKey, privateKey: toHex(privateKey), createdAt: now }]
      })),
    addStreamRoot: (root) =>
      change((present) => ({ ...present, streamRoots: [...present.streamRoots, streamRootSchema.parse(root)] })),
    merge: async ({ licenseKeys, streamRoots, publisherKeys }) => {
      let added = 0;
      await change((present) => {
        const known = new Set([
          ...present.licenseKeys.map(({ publicKey }) => publicKey),
          ...present.publisherKeys.map(({ publicKey }) => publicKey),
          ...present.streamRoots.map(({ root }) => root)
        ]);
        const keys = licenseKeys.filter(({ publicKey }) => !known.has(publicKey));
        const roots = streamRoots.filter(({ root }) => !known.has(root));
        const publishers = publisherKeys.filter(({ publicKey }) => !known.has(publicKey));
        added = keys.length + roots.length + publishers.length;
        return {
          ...present,
          licenseKeys: [...present.licenseKeys, ...keys],
          streamRoots: [...present.streamRoots, ...roots],
          publisherKeys: [...present.publisherKeys, ...publishers]
        };
      });
      return added;
    }
  };
}

/**
 * What a sealed file of secrets holds, such as a copy from another machine.
 *
 * @throws {@link PassphraseWrongError}, {@link KeystoreInvalidError}
 */
export async function readSecrets(file: string, passphrase: Uint8Array): Promise<Secrets> {
  const text = await readPrivateFile(file);
  if (text === undefined) return { version: 1, licenseKeys: [], streamRoots: [], publisherKeys: [] };
  const opened = await openSecret(text, passphrase, file);
  const parsed = secretsSchema.safeParse(parseJson(opened));
  if (!parsed.success) {
    throw new KeystoreInvalidError(
      `${file} holds no licence keys in a form that this version knows. Update, or restore it.`
    );
  }
  return parsed.data;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
