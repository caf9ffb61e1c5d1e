import { readFileSync } from 'node:fs';
import { bytesOf, hexOf } from '#sdk/protocol/binary';
import { parseContentType } from '#sdk/protocol/content-type';
import { decodeEraChange, encodeEraChange, eraChangeFromJson } from '#sdk/protocol/era-change-encoding';
import { decodeEvent, encodeEvent } from '#sdk/protocol/event-encoding';
import { eventFromJson, eventToJson } from '#sdk/protocol/event-json';
import { verifyEvent } from '#sdk/protocol/event-verification';
import { decodeEventFrame, decodePublishFrame, encodeEventFrame, encodePublishFrame } from '#sdk/protocol/frame';
import { delegationSchema, grantSchema } from '#sdk/protocol/grant';
import { openGrant, verifyGrantSignature } from '#sdk/protocol/grant-sealing';
import { keyPairOf } from '#sdk/protocol/hpke';
import { clientMessageSchema, serverMessageSchema } from '#sdk/protocol/messages';
import { certifyOrigin, joinCertificate, splitCertificate } from '#sdk/protocol/origin-certificate';
import { p256Signer } from '#sdk/protocol/p256-signature';
import type { Hex } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import { batchSuffix, decodeBatchSignature, encodeBatchSignature, signEvents } from '#sdk/protocol/signature-batch';
import { privateKeySigner, signEvent, type EventSigner } from '#sdk/protocol/signature';
import { decodeSeeds, encodeSeeds } from '#sdk/protocol/slot-keys';
import { mutated, mutatedJson, noise, randomNumbers } from './inputs.ts';

/** A parser of what strangers send, with valid inputs to begin from. */
interface Target {
  readonly name: string;
  /** Of a hundred inputs, so many go here. */
  readonly share: number;
  /** One input. Errors of the project are refusals; anything else is a fault. @returns Whether it was taken. */
  run(random: () => number): boolean | Promise<boolean>;
}

export interface FuzzResult {
  readonly name: string;
  inputs: number;
  taken: number;
  /** Milliseconds of the slowest input. */
  slowest: number;
}

/** An input made a parser do what it must not. */
export class ParserFaultError extends TributaryError {
  readonly code = 'parser-fault';
  readonly title = 'A parser has a fault';
}

const vectors = (name: string): never =>
  JSON.parse(readFileSync(new URL(`../../sdk/protocol/vectors/${name}.json`, import.meta.url), 'utf8')) as never;

/** Bytes that a parser takes must be those that its result is written as. */
function binaryTarget(
  name: string,
  share: number,
  samples: readonly Uint8Array[],
  rewrite: (bytes: Uint8Array) => Uint8Array | undefined
): Target {
  return {
    name,
    share,
    run: (random) => {
      const input = random() % 5 === 0 ? noise(random) : mutated(samples, random);
      const written = rewrite(input);
      if (written === undefined) return false;
      if (hexOf(written) !== hexOf(input)) {
        throw new ParserFaultError(`Make ${name} refuse what is not canonical: ${hexOf(input).slice(0, 2000)}.`);
      }
      return true;
    }
  };
}

function jsonTarget(
  name: string,
  share: number,
  samples: readonly unknown[],
  parse: (json: unknown) => unknown
): Target {
  return { name, share, run: (random) => parse(mutatedJson(samples, random)) !== undefined };
}

/** All parsers of sdk/protocol that face the network. */
async function createTargets(): Promise<readonly Target[]> {
  const events = (vectors('event') as { events: { encoded: Hex }[] }).events.map(({ encoded }) => bytesOf(encoded));
  const batches = (
    vectors('event-batch') as { batches: { events: { encoded: Hex; signature: Hex }[] }[] }
  ).batches.flatMap((batch) => batch.events);
  const grants = vectors('grant') as {
    recipientPrivateKey: Hex;
    grants: { grant: unknown; plaintext: Hex }[];
    delegations: { delegation: unknown }[];
  };
  const { changes } = vectors('era-change') as { changes: { encoded?: Hex; json?: unknown }[] };
  const keyPair = keyPairOf(bytesOf(grants.recipientPrivateKey));

  const owner = privateKeySigner(`0x${'11'.repeat(32)}`);
  const key = await p256Signer(`0x${'22'.repeat(32)}`);
  const sample = decodeEvent(events[0] ?? new Uint8Array());
  const statement = { stream: sample.stream, originType: 'p256', subject: key.origin, until: 2 ** 50 };
  const certificate = await certifyOrigin(statement, owner);
  const by = (signer: EventSigner, suffix = '') => ({
    ...sample,
    originType: signer.originType,
    origin: signer.origin,
    signatureType: `${signer.signatureType}${suffix}`
  });
  const certified = { ...key, certificate };
  const signed = [
    await signEvent(by(certified), certified),
    ...(await signEvents([by(certified, batchSuffix), by(certified, batchSuffix)], certified)),
    ...(await signEvents([by(owner, batchSuffix), by(owner, batchSuffix)], owner)),
    // The verifier of devices and that of passkeys meet fields that are not theirs.
    { ...(await signEvent(by(certified), certified)), signatureType: 'webauthn' },
    { ...(await signEvent(by(certified), certified)), originType: 'x509', signatureType: 'x509' }
  ];
  const all = [...events, ...batches.map(({ encoded }) => bytesOf(encoded)), ...signed.map(encodeEvent)];
  const records = all.slice(0, 3).map((bytes, offset) => ({ offset, bytes }));
  const encodedChanges = changes.flatMap(({ encoded }) => (encoded === undefined ? [] : [bytesOf(encoded)]));
  const messages = [
    { type: 'authenticate', id: 1, message: 'example.com wants you to sign in', signature: '0x00' },
    { type: 'subscribe', id: 2, stream: sample.stream, partition: 0, from: { last: 10 }, licensee: owner.origin },
    { type: 'unsubscribe', id: 3 },
    { type: 'acknowledged', id: 4, results: [{ offset: 1 }, { problem: { title: 'no', status: 400 } }] },
    { type: 'grant', grant: grants.grants[0]?.grant }
  ];

  return [
    binaryTarget('events', 25, all, (bytes) => encodeEvent(decodeEvent(bytes))),
    binaryTarget('publish frames', 10, [encodePublishFrame(7, all.slice(0, 4))], (bytes) => {
      const { id, events: found } = decodePublishFrame(bytes);
      return encodePublishFrame(id, found);
    }),
    binaryTarget('event frames', 10, [encodeEventFrame(records)], (bytes) =>
      encodeEventFrame(decodeEventFrame(bytes).map(({ offset, event }) => ({ offset, bytes: encodeEvent(event) })))
    ),
    binaryTarget(
      'batch signatures',
      15,
      batches.map(({ signature }) => bytesOf(signature)),
      (bytes) => encodeBatchSignature(decodeBatchSignature(bytes))
    ),
    binaryTarget('origin certificates', 8, [joinCertificate(certificate, new Uint8Array(64))], (bytes) => {
      const parts = splitCertificate(bytes);
      return parts === undefined ? undefined : joinCertificate(parts.certificate, parts.signature);
    }),
    binaryTarget(
      'seeds',
      6,
      grants.grants.map(({ plaintext }) => bytesOf(plaintext)),
      (bytes) => encodeSeeds(decodeSeeds(bytes))
    ),
    binaryTarget('era changes', 6, encodedChanges.length === 0 ? [new Uint8Array(64)] : encodedChanges, (bytes) =>
      encodeEraChange(decodeEraChange(bytes))
    ),
    jsonTarget('events as JSON', 6, signed.map(eventToJson), eventFromJson),
    jsonTarget(
      'era changes as JSON',
      2,
      changes.map(({ json }) => json),
      eraChangeFromJson
    ),
    jsonTarget(
      'delegations',
      3,
      grants.delegations.map(({ delegation }) => delegation),
      (json) => delegationSchema.safeParse(json).data
    ),
    jsonTarget(
      'messages',
      4,
      messages,
      (json) => clientMessageSchema.safeParse(json).data ?? serverMessageSchema.safeParse(json).data
    ),
    {
      name: 'grants',
      share: 3,
      run: async (random) => {
        const { data } = grantSchema.safeParse(
          mutatedJson(
            grants.grants.map(({ grant }) => grant),
            random
          )
        );
        if (data === undefined) return false;
        await verifyGrantSignature(data);
        // Opening is a thousand times as slow as reading.
        return random() % 50 === 0 ? (await openGrant(data, keyPair)).length > 0 : true;
      }
    },
    {
      name: 'signatures of every kind',
      share: 2,
      run: async (random) => {
        const event = signed[random() % signed.length];
        if (event === undefined) return false;
        const signature =
          random() % 4 === 0
            ? noise(random)
            : mutated(
                signed.map((each) => each.signature),
                random
              );
        const changed = { ...event, signature: signature.subarray(0, 16 * 1024) };
        return (await verifyEvent(changed)) !== undefined;
      }
    },
    {
      name: 'content types',
      share: 2,
      run: (random) => parseContentType(String.fromCharCode(...noise(random).subarray(0, 200))).mediaType !== ''
    }
  ];
}

/**
 * Feeds all parsers. Whatever is thrown that is no error of the project is a fault and ends the run; so does a taken
 * input that is not canonical.
 *
 * @param parameters.onProgress - Called every thousand inputs.
 * @throws {@link ParserFaultError} with the seed and number of the input that shows the fault.
 */
export async function fuzzParsers(parameters: {
  readonly inputs: number;
  readonly seed: number;
  readonly onProgress?: (done: number) => void;
}): Promise<readonly FuzzResult[]> {
  const { inputs, seed, onProgress } = parameters;
  const targets = await createTargets();
  const wheel = targets.flatMap((target) => Array.from({ length: target.share }, () => target));
  const results = new Map(targets.map(({ name }) => [name, { name, inputs: 0, taken: 0, slowest: 0 }]));
  for (let number = 0; number < inputs; number += 1) {
    const random = randomNumbers(seed + number);
    const target = wheel[random() % wheel.length];
    const result = results.get(target?.name ?? '');
    if (target === undefined || result === undefined) continue;
    const before = performance.now();
    try {
      const answer = target.run(random);
      if (typeof answer === 'boolean' ? answer : await answer) result.taken += 1;
    } catch (error) {
      if (error instanceof ParserFaultError || !(error instanceof TributaryError)) {
        const where = `${target.name}, seed ${String(seed)}, input ${String(number)}`;
        throw new ParserFaultError(`Mend the parser of ${where}: ${String(error)}`, { cause: error });
      }
    }
    result.inputs += 1;
    result.slowest = Math.max(result.slowest, performance.now() - before);
    if (number % 1000 === 999) onProgress?.(number + 1);
  }
  return [...results.values()];
}
