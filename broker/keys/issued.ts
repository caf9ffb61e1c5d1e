import { type EraChange } from '#sdk/protocol/era-change';
import { eraChangeCovers } from '#sdk/protocol/era-change-sealing';
import type { Grant } from '#sdk/protocol/grant';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { AssignedLeaf, LeafTable } from './leaves.ts';
import { type SlotRange, union } from './ranges.ts';

/** Where grants go, and what was granted before: nothing else is between the issuer and who carries them. */
export interface GrantOutlet {
  /** Keeps a grant. One for the same key, era and slots that is there already stays, and this one is thrown away. */
  deliver(grant: Grant): Promise<void>;
  /** Grants of a licensee on a stream. */
  find(stream: Address, licensee: Address): Promise<readonly Grant[]>;
}

/** Where era changes go, and which there are. */
export interface EraChangeOutlet {
  deliver(change: EraChange): Promise<void>;
  find(stream: Address): Promise<readonly EraChange[]>;
}

/** Whom something was issued to: a licence, or a permission (an offer id of zeros), and a key. */
export interface Recipient {
  readonly offerId: Hex;
  readonly licensee: Address;
  readonly publicKey: Hex;
}

/** What one issuer has issued so far. */
export class Issued {
  private readonly issuer: Address;
  private readonly grants: GrantOutlet;
  private readonly eraChanges: EraChangeOutlet;
  private readonly leaves: LeafTable;
  /** Era changes by stream: only this issuer makes more of its own. */
  private readonly changes = new Map<Address, Promise<readonly EraChange[]>>();

  constructor(parts: { issuer: Address; grants: GrantOutlet; eraChanges: EraChangeOutlet; leaves: LeafTable }) {
    this.issuer = parts.issuer;
    this.grants = parts.grants;
    this.eraChanges = parts.eraChanges;
    this.leaves = parts.leaves;
  }

  /** Forgets what is remembered: another process with the same issuer may issue from now on. */
  forget(): void {
    this.changes.clear();
  }

  addGrant(grant: Grant): Promise<void> {
    return this.grants.deliver(grant);
  }

  async addChange(change: EraChange): Promise<void> {
    try {
      await this.eraChanges.deliver(change);
    } finally {
      this.changes.delete(change.stream);
    }
  }

  /** Grants of the issuer to a licensee on a stream. */
  async grantsOf(stream: Address, licensee: Address): Promise<readonly Grant[]> {
    const grants = await this.grants.find(stream, licensee);
    return grants.filter(({ issuer }) => issuer === this.issuer);
  }

  /** Era changes of the issuer on a stream, oldest first. */
  changesOf(stream: Address): Promise<readonly EraChange[]> {
    let changes = this.changes.get(stream);
    if (changes === undefined) {
      changes = this.eraChanges.find(stream).then((found) => found.filter(({ issuer }) => issuer === this.issuer));
      this.changes.set(stream, changes);
      changes.catch(() => this.changes.delete(stream));
    }
    return changes;
  }

  /** Slots of each era that era changes have brought to the holder of a key. */
  async broughtByChanges(
    stream: Address,
    { offerId, licensee, publicKey }: Recipient
  ): Promise<Map<number, SlotRange[]>> {
    const changes = await this.changesOf(stream);
    if (changes.length === 0) return new Map();
    const leaves = await this.leaves.find(stream, 0, { offerId, licensee });
    return covered(
      changes,
      leaves.filter(({ recipient }) => recipient === publicKey)
    );
  }

  /** Slots of an era that a licence, or a permission, was brought in any way, by whatever key. */
  async slotsOf(stream: Address, era: number, license: Omit<Recipient, 'publicKey'>): Promise<SlotRange[]> {
    const { offerId, licensee } = license;
    const granted = (await this.grantsOf(stream, licensee))
      .filter((grant) => grant.era === era && grant.offerId === offerId)
      .map(({ fromSlot, untilSlot }) => ({ from: fromSlot, until: untilSlot }));
    const changes = (await this.changesOf(stream)).filter((change) => change.era === era);
    if (changes.length === 0) return granted;
    const leaves = await this.leaves.find(stream, 0, license);
    return union([...granted, ...(covered(changes, leaves).get(era) ?? [])]);
  }
}

function covered(changes: readonly EraChange[], leaves: readonly AssignedLeaf[]): Map<number, SlotRange[]> {
  const brought = new Map<number, SlotRange[]>();
  for (const change of changes) {
    const ranges = leaves
      .filter(({ bucketEnd, leaf }) => eraChangeCovers(change, bucketEnd, leaf))
      .map(({ bucketEnd }) => ({ from: change.fromSlot, until: Math.min(bucketEnd, change.untilSlot) }));
    brought.set(change.era, union([...(brought.get(change.era) ?? []), ...ranges]));
  }
  return brought;
}
