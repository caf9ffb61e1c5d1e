import type { EraChange } from '#sdk/protocol/era-change';
import type { StreamEvent } from '#sdk/protocol/event';
import type { Grant } from '#sdk/protocol/grant';
import type { Address } from '#sdk/protocol/primitives';
import { remember } from '../chain/remember.ts';
import type { StreamDirectory } from '../chain/streams.ts';
import type { EraStart, SealedLog } from './store/sealed-log.ts';

/** Streams, and publishers of streams, that are remembered. */
const mostRemembered = 10_000;
const noOffer = `0x${'00'.repeat(32)}`;

export interface EraEndsParts {
  readonly sealedLog: Pick<SealedLog, 'grants' | 'eraStarts'>;
  readonly streams: Pick<StreamDirectory, 'ownUntil'>;
  /** Whether the account issues the stream's keys, though not by the chain. */
  readonly isIssuer: (stream: Address, account: Address) => boolean;
  /** Unix milliseconds. */
  readonly clock: () => number;
}

/**
 * Which eras of a stream have ended for those who publish on it: whom a new era cut off could still read what comes
 * under the old one. A later era counts from its first slot on, as publishers count it, once an era change says so to
 * all, or a grant to the publisher.
 */
export class EraEnds {
  private readonly parts: EraEndsParts;
  private readonly ofStreams = new Map<Address, Promise<readonly EraStart[]>>();
  private readonly ofAccounts = new Map<string, Promise<readonly EraStart[]>>();

  constructor(parts: EraEndsParts) {
    this.parts = parts;
  }

  /**
   * Eras that are to be used instead of earlier ones, as whoever may issue keys of the stream now has made them.
   *
   * @param account The publisher's.
   * @throws What the log and the chain throw that are away.
   */
  async startsOf(stream: Address, account: Address): Promise<readonly EraStart[]> {
    const { sealedLog, streams, isIssuer, clock } = this.parts;
    const ofStream = remember(this.ofStreams, stream, mostRemembered, () => sealedLog.eraStarts(stream));
    const ofAccount = remember(this.ofAccounts, `${stream} ${account}`, mostRemembered, async () =>
      // Licences of the account end; what it may publish does not end with them.
      (await sealedLog.grants(stream, account)).filter((grant) => grant.offerId === noOffer).map(startOf)
    );
    const starts = [...(await ofStream), ...(await ofAccount)];
    const issuers = new Set<Address>();
    for (const issuer of new Set(starts.map((start) => start.issuer))) {
      const mayGrant = isIssuer(stream, issuer) || (await streams.ownUntil(stream, issuer, 'grant')) * 1000 > clock();
      if (mayGrant) issuers.add(issuer);
    }
    return starts.filter(({ issuer }) => issuers.has(issuer));
  }

  /** A grant was stored. */
  grant({ stream, licensee }: Pick<Grant, 'stream' | 'licensee'>): void {
    this.ofAccounts.delete(`${stream} ${licensee}`);
  }

  /** An era change was stored. */
  eraChange({ stream }: Pick<EraChange, 'stream'>): void {
    this.ofStreams.delete(stream);
  }

  /** Something may have been stored that was not told. */
  missed(): void {
    this.ofAccounts.clear();
    this.ofStreams.clear();
  }
}

/** The era that is to be used instead of that of an event; undefined while its own is the right one. */
export function eraInstead(event: Pick<StreamEvent, 'era' | 'slot'>, starts: readonly EraStart[]): number | undefined {
  const later = starts.filter(({ era, fromSlot }) => era > event.era && fromSlot <= event.slot);
  return later.length === 0 ? undefined : Math.max(...later.map(({ era }) => era));
}

const startOf = ({ era, fromSlot, issuer }: EraStart): EraStart => ({ era, fromSlot, issuer });
