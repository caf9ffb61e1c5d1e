import { Address, BigInt, ethereum, log } from '@graphprotocol/graph-ts';
import { Karma, KarmaChange } from '../generated/schema';
import { karmaChangeId, karmaId } from './id';

/** Names in the order of IKarma.Role. */
const roles: string[] = ['SELLER', 'BUYER', 'BROKER'];

/**
 * Writes an account's balance in a role, adds the points that were earned or taken, in wei, and keeps the change as it
 * happened.
 */
export function changeKarma(
  account: Address,
  role: i32,
  earned: BigInt,
  taken: BigInt,
  units: BigInt,
  event: ethereum.Event
): void {
  if (role < 0 || role >= roles.length) {
    log.error('Karma names role {}, which schema.graphql does not know', [role.toString()]);
    return;
  }
  const id = karmaId(account, roles[role]);
  let karma = Karma.load(id);
  if (karma === null) {
    karma = new Karma(id);
    karma.account = account;
    karma.role = roles[role];
    karma.units = BigInt.zero();
    karma.earned = BigInt.zero();
    karma.taken = BigInt.zero();
  }
  keepChange(karma, earned.minus(taken), units, event);
  karma.units = units;
  karma.earned = karma.earned.plus(earned);
  karma.taken = karma.taken.plus(taken);
  karma.changedAtBlock = event.block.number;
  karma.changedAt = event.block.timestamp;
  karma.save();
}

/** @param karma As it was before. */
function keepChange(karma: Karma, points: BigInt, balance: BigInt, event: ethereum.Event): void {
  const change = new KarmaChange(karmaChangeId(event));
  change.account = karma.account;
  change.role = karma.role;
  change.units = balance.minus(karma.units);
  change.balance = balance;
  change.points = points;
  change.block = event.block.number;
  change.timestamp = event.block.timestamp;
  change.save();
}
