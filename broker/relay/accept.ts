import { eventLimits, type StreamEvent } from '#sdk/protocol/event';
import { EventDecoder } from '#sdk/protocol/event-encoding';
import { verifierOf, verifyEvent } from '#sdk/protocol/event-verification';
import type { Address } from '#sdk/protocol/primitives';
import type { SignatureVerifier } from '#sdk/protocol/signature';
import { batchSuffix } from '#sdk/protocol/signature-batch';
import { slotAt } from '#sdk/protocol/slot-keys';
import { VerificationMemory } from '#sdk/protocol/verification-memory';
import { remember } from '../chain/remember.ts';
import type { StreamDirectory, StreamFacts } from '../chain/streams.ts';
import { eraInstead, type EraEnds } from './era-ends.ts';
import {
  EraEndedError,
  EventNotEncryptedError,
  EventSignatureError,
  EventSlotError,
  EventTimestampError,
  EventTooLargeError,
  PartitionUnknownError,
  WritePermissionMissingError
} from './refusals.ts';
import type { Entry } from './store/event-store.ts';
import type { EraStart } from './store/sealed-log.ts';
import { batchBegunBy, findWholeBatch, signedRootOf, type WholeBatch } from './whole-batch.ts';

/** Bytes of the largest possible event: content, signature, and the rest, which is under 1 kB. */
const largestEvent = eventLimits.content + eventLimits.signature + 1024;

/** Events that are examined at once, unless a batch is larger; before others on the same event loop get their turn. */
const atOnce = 256;

/** Answers of the chain that one call remembers. */
const mostAnswers = 4_096;

/** What came of examining an event: it may enter the log, or why not. */
export type Examined = Entry | { readonly error: unknown };

/** Decides whether events may enter the log: cheap questions first, the signature before the chain's. */
export class Gate {
  private readonly streams: StreamDirectory;
  private readonly eraEnds: Pick<EraEnds, 'startsOf'>;
  private readonly clock: () => number;
  private readonly table: readonly SignatureVerifier[];

  constructor(
    streams: StreamDirectory,
    eraEnds: Pick<EraEnds, 'startsOf'>,
    clock: () => number,
    table: readonly SignatureVerifier[]
  ) {
    this.streams = streams;
    this.eraEnds = eraEnds;
    this.clock = clock;
    this.table = table;
  }

  /**
   * Decodes and examines the events of one call, some at a time. What was verified or asked for one of them holds for
   * the others of the call, so that a batch costs one check of a signature.
   *
   * @param events Canonical encodings.
   * @returns In order, per step a promise of what came of the next ones. The errors are {@link EventTooLargeError},
   * EventMalformedError, {@link EventTimestampError}, StreamUnknownError, StreamDeletedError,
   * {@link PartitionUnknownError}, {@link EventNotEncryptedError}, {@link EventSlotError},
   * {@link WritePermissionMissingError}, {@link EventSignatureError}, {@link EraEndedError}, ChainUnavailableError and
   * those of a log that is away.
   */
  *examine(events: readonly Uint8Array[]): Generator<Promise<readonly Examined[]>> {
    const examination = new Examination(this.streams, this.eraEnds, this.clock, this.table);
    for (let next = 0; next < events.length;) {
      const decoded: Examined[] = [];
      for (let whole = 1; decoded.length < Math.max(atOnce, whole) && next < events.length; next += 1) {
        const one = examination.decode(events[next] ?? new Uint8Array());
        decoded.push(one);
        // What belongs together is looked at together.
        if ('event' in one && one.event.signatureType.endsWith(batchSuffix)) {
          whole = Math.max(whole, decoded.length - 1 + batchBegunBy(one.event));
        }
      }
      yield examination.examine(decoded);
    }
  }
}

/** What the chain says of a stream, as far as it decides about events. */
interface StreamRules {
  readonly facts: StreamFacts;
  /** Whether everybody may read it; asked only for events that are not encrypted. */
  readonly isPublic: boolean;
}

/** One call's events under examination. */
class Examination {
  private readonly streams: StreamDirectory;
  private readonly eraEnds: Pick<EraEnds, 'startsOf'>;
  private readonly clock: () => number;
  private readonly table: readonly SignatureVerifier[];
  private readonly decoder = new EventDecoder();
  // Of this call alone: what a contract says of a signature may be different a moment later.
  private readonly memory = new VerificationMemory();
  private readonly facts = new Map<string, Promise<StreamFacts>>();
  private readonly yesOrNo = new Map<string, Promise<boolean>>();
  private readonly eraStarts = new Map<string, Promise<readonly EraStart[]>>();

  constructor(
    streams: StreamDirectory,
    eraEnds: Pick<EraEnds, 'startsOf'>,
    clock: () => number,
    table: readonly SignatureVerifier[]
  ) {
    this.streams = streams;
    this.eraEnds = eraEnds;
    this.clock = clock;
    this.table = table;
  }

  decode(bytes: Uint8Array): Examined {
    try {
      if (bytes.length > largestEvent) throw new EventTooLargeError(bytes.length);
      return { event: this.decoder.decode(bytes), bytes };
    } catch (error) {
      return { error };
    }
  }

  async examine(decoded: readonly Examined[]): Promise<readonly Examined[]> {
    const runs: Entry[][] = [];
    let run: Entry[] = [];
    for (const one of decoded) {
      if ('error' in one) continue;
      if (run[0] === undefined || !isAlike(run[0].event, one.event)) runs.push((run = []));
      run.push(one);
    }
    const parts = await Promise.all(runs.map((alike) => this.examineRun(alike)));
    if (parts[0]?.length === decoded.length) return parts[0];
    const examined = parts.flat().values();
    return decoded.map((one) => ('error' in one ? one : (examined.next().value ?? one)));
  }

  /** Events of one origin on one stream, signed in one way. */
  private async examineRun(entries: readonly Entry[]): Promise<readonly Examined[]> {
    const examined = await this.check(entries);
    const good = examined.filter((one) => 'event' in one);
    if (good.length === 0) return examined;
    const authorized = await this.authorizeAll(good);
    if (good.length === examined.length) return authorized;
    const answers = authorized.values();
    return examined.map((one) => ('error' in one ? one : (answers.next().value ?? one)));
  }

  /** All but signature and permission. */
  private async check(entries: readonly Entry[]): Promise<Examined[]> {
    const now = this.clock();
    const isTimely = ({ timestamp }: StreamEvent): boolean =>
      timestamp <= now + eventLimits.ahead && timestamp >= now - eventLimits.behind;
    const timely = entries.find(({ event }) => isTimely(event));
    let rules: StreamRules | { readonly error: unknown };
    try {
      rules = timely === undefined ? { error: undefined } : await this.rulesOf(timely.event);
    } catch (error) {
      rules = { error };
    }
    return entries.map((entry) => {
      const { event } = entry;
      if (!isTimely(event)) return { error: new EventTimestampError(event.timestamp, now) };
      if ('error' in rules) return rules;
      const { partitions, slotDuration } = rules.facts;
      if (event.partition >= partitions) return { error: new PartitionUnknownError(event.partition, partitions) };
      const isPlain = event.encryptionType === 'none';
      if (isPlain && !rules.isPublic) return { error: new EventNotEncryptedError() };
      const slot = isPlain ? 0 : slotAt(event.timestamp, slotDuration);
      return event.slot === slot ? entry : { error: new EventSlotError(event.slot, slot) };
    });
  }

  private async rulesOf({ stream, encryptionType }: StreamEvent): Promise<StreamRules> {
    const facts = await remember(this.facts, stream, mostAnswers, () => this.streams.findRunning(stream));
    const isPublic =
      encryptionType === 'none' &&
      (await remember(this.yesOrNo, stream, mostAnswers, () => this.streams.isPublic(stream)));
    return { facts, isPublic };
  }

  /** Which of the events accounts with Write signed, or vouch for; whole batches by their one signature. */
  private async authorizeAll(entries: readonly Entry[]): Promise<readonly Examined[]> {
    const answers: (Promise<Examined> | Promise<readonly Examined[]>)[] = [];
    const rootVerifier = this.rootVerifierOf(entries[0]?.event);
    for (let next = 0; next < entries.length;) {
      const batch = rootVerifier === undefined ? undefined : findWholeBatch(entries, next);
      const until = next + (batch?.size ?? 1);
      if (batch === undefined || rootVerifier === undefined) {
        answers.push(...entries.slice(next, until).map((entry) => this.authorizeOne(entry)));
      } else {
        answers.push(this.authorizeBatch(entries.slice(next, until), batch, rootVerifier));
      }
      next = until;
    }
    return (await Promise.all(answers)).flat();
  }

  /** Who checks the roots of batches, where that needs neither the chain nor anybody who vouches for the origin. */
  private rootVerifierOf(event: StreamEvent | undefined): SignatureVerifier | undefined {
    if (event?.originType !== 'address' || !event.signatureType.endsWith(batchSuffix)) return undefined;
    const signatureType = event.signatureType.slice(0, -batchSuffix.length);
    const verifier = verifierOf({ signatureType, originType: event.originType }, this.table);
    return verifier?.asksChain === true ? undefined : verifier;
  }

  private async authorizeBatch(
    entries: readonly Entry[],
    batch: WholeBatch,
    verifier: SignatureVerifier
  ): Promise<readonly Examined[]> {
    const [first] = entries;
    if (first === undefined) return [];
    const { stream, origin, signatureType } = first.event;
    try {
      if (!(await verifier.verify(signedRootOf(batch), batch.signature, origin))) {
        throw new EventSignatureError(signatureType, origin);
      }
      await this.mayWrite(stream, origin);
      const starts = await this.eraStartsFor(first.event, origin);
      return entries.map((entry) => refuseEnded(entry, starts));
    } catch (error) {
      return entries.map(() => ({ error }));
    }
  }

  private async authorizeOne(entry: Entry): Promise<Examined> {
    try {
      const account = await this.authorize(entry);
      return refuseEnded(entry, await this.eraStartsFor(entry.event, account));
    } catch (error) {
      return { error };
    }
  }

  /** Eras that took the place of others, for an event that has one. */
  private async eraStartsFor({ stream, encryptionType }: StreamEvent, account: Address): Promise<readonly EraStart[]> {
    if (encryptionType === 'none') return [];
    return remember(this.eraStarts, `${stream} ${account}`, mostAnswers, () => this.eraEnds.startsOf(stream, account));
  }

  /** The account with Write that signed the event, or vouches for the key or device that did. */
  private async authorize({ event, bytes }: Entry): Promise<Address> {
    // Where verifying itself asks the chain, only those who may write can make the broker ask.
    if (verifierOf(event, this.table)?.asksChain === true) await this.mayWrite(event.stream, event.origin);
    // Else before the chain is asked: whoever names origins at will must not make the broker ask about each.
    const account = await verifyEvent(event, {
      table: this.table,
      encoded: bytes,
      memory: this.memory,
      checkVoucher: (voucher) => this.mayWrite(event.stream, voucher)
    });
    if (account === undefined) throw new EventSignatureError(event.signatureType, event.origin);
    await this.mayWrite(event.stream, account);
    return account;
  }

  private async mayWrite(stream: Address, account: Address): Promise<void> {
    const ask = (): Promise<boolean> => this.streams.holds(stream, account, 'write');
    if (await remember(this.yesOrNo, `${stream} ${account}`, mostAnswers, ask)) return;
    throw new WritePermissionMissingError(account, stream);
  }
}

function refuseEnded(entry: Entry, starts: readonly EraStart[]): Examined {
  const era = starts.length === 0 ? undefined : eraInstead(entry.event, starts);
  return era === undefined ? entry : { error: new EraEndedError(entry.event.era, era) };
}

/** Whether two events differ in nothing that the chain or a verifier is asked about. */
function isAlike(one: StreamEvent, other: StreamEvent): boolean {
  return (
    one.stream === other.stream &&
    one.origin === other.origin &&
    one.originType === other.originType &&
    one.signatureType === other.signatureType &&
    one.encryptionType === other.encryptionType
  );
}
