import type { EraChange } from '#sdk/protocol/era-change';
import type { Grant } from '#sdk/protocol/grant';
import type { Address } from '#sdk/protocol/primitives';

/** Most that one answer holds: the newest. */
export const sealedLogLimits = { grants: 1_000, eraChanges: 100 } as const;

/** That an issuer has made an era, and its first slot. */
export type EraStart = Pick<EraChange, 'era' | 'fromSlot' | 'issuer'>;

/** Somebody who passes on what the issuers sealed. No function may throw. */
export interface SealedListener {
  /** A grant was stored, by this broker or another one. May be told twice. */
  grant(grant: Grant): void;
  /** An era change was stored, by this broker or another one. May be told twice. */
  eraChange(change: EraChange): void;
  /** Something may have been stored that was not told: whoever waits for something looks again. */
  missed(): void;
}

/**
 * Grants and era changes, kept beside the events and shared by all brokers of one store: public, since only their
 * recipients can open them. Away: as EventStore.
 */
export interface SealedLog {
  /** Makes or updates what they are kept in, as EventStore.prepare. */
  prepare(): Promise<void>;

  /**
   * Stores a grant.
   *
   * @returns Once it is durable; false if one of the same stream, licensee, era, offer, range and recipient was stored
   * before: the first one stays.
   */
  appendGrant(grant: Grant): Promise<boolean>;

  /** Grants of a licensee on a stream, oldest first: the newest {@link sealedLogLimits}. */
  grants(stream: Address, licensee: Address): Promise<Grant[]>;

  /**
   * Stores an era change.
   *
   * @returns Once it is durable; false if the issuer made one for this stream, era and first slot before: the first one
   * stays.
   */
  appendEraChange(change: EraChange): Promise<boolean>;

  /** Era changes of a stream, oldest first: the newest {@link sealedLogLimits}. */
  eraChanges(stream: Address): Promise<EraChange[]>;

  /** The eras that these begin. */
  eraStarts(stream: Address): Promise<EraStart[]>;

  /**
   * Tells of everything that is stored from now on.
   *
   * @returns Ends it.
   */
  follow(listener: SealedListener): Promise<() => void>;

  /** Ends what runs in the background. */
  stop(): Promise<void>;
}
