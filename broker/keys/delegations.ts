import type { Delegation, Issuer } from '#sdk/protocol/grant';
import { openDelegation, verifyDelegationSignature } from '#sdk/protocol/grant-sealing';
import type { Address } from '#sdk/protocol/primitives';
import type { StreamDirectory } from '../chain/streams.ts';
import { DelegationInvalidError, DelegatorNotAllowedError } from './errors.ts';
import type { HeldSeeds } from './held-seeds.ts';
import type { Identity } from './identity.ts';

/** Seconds for which an issuer may be trusted ahead, and length of what it may be trusted with. */
const longestDelegation = 400 * 86_400;

/** Takes delegations from sellers. */
export class DelegationDesk {
  private readonly identity: Identity;
  private readonly held: HeldSeeds;
  private readonly streams: StreamDirectory;
  private readonly clock: () => number;

  constructor(identity: Identity, held: HeldSeeds, streams: StreamDirectory, clock: () => number) {
    this.identity = identity;
    this.held = held;
    this.streams = streams;
    this.clock = clock;
  }

  get issuer(): Issuer {
    return { issuer: this.identity.account, publicKey: this.identity.keyPair.publicKey, longestDelegation };
  }

  /**
   * Examines a delegation and keeps its seeds.
   *
   * @param stream The stream that the request is about.
   * @throws {@link DelegationInvalidError}, {@link DelegatorNotAllowedError}, DelegationUnopenableError,
   * DelegationConflictError, StreamUnknownError, StreamDeletedError, ChainUnavailableError.
   */
  async accept(stream: Address, delegation: Delegation): Promise<void> {
    const { era, fromSlot, untilSlot, delegator } = delegation;
    const { account, keyPair } = this.identity;
    if (delegation.stream !== stream) throw new DelegationInvalidError(`The delegation is for ${delegation.stream}.`);
    if (delegation.issuer !== account || delegation.recipient !== keyPair.publicKey) {
      throw new DelegationInvalidError('The delegation is for another issuer. Ask GET /v1/issuer for this one.');
    }
    if (fromSlot >= untilSlot) throw new DelegationInvalidError('The range of slots is empty.');
    const { slotDuration } = await this.streams.findRunning(stream);
    const latest = this.clock() / 1000 + longestDelegation;
    if (untilSlot * slotDuration > latest || (untilSlot - fromSlot) * slotDuration > longestDelegation) {
      throw new DelegationInvalidError(
        `An issuer is trusted with at most ${String(longestDelegation / 86_400)} days. Delegate less, and renew it.`
      );
    }
    if (!(await verifyDelegationSignature(delegation))) {
      throw new DelegationInvalidError(`The signature is not one of ${delegator} over this delegation.`);
    }
    if (!(await this.streams.holds(stream, delegator, 'grant'))) throw new DelegatorNotAllowedError(delegator, stream);
    const seeds = await openDelegation(delegation, keyPair);
    await this.held.add(stream, { era, from: fromSlot, until: untilSlot, delegator, seeds });
  }
}
