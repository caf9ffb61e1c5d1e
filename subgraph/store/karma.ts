import { Address, BigInt, ethereum, log } from '@graphprotocol/graph-ts';
import { Karma } from '../generated/schema';
import { karmaId } from './id';

/** Names in the order of IKarma.Role. */
const roles: string[] = ['SELLER', 'BUYER', 'BROKER'];

/** Writes an account's balance in a role, and adds the points that were earned or taken, in wei. */
export function changeKarma(
  account: Address,
  role: i32,
  earned: BigInt,
  taken: BigInt,
  units: BigInt,
  block: ethereum.Block
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
    karma.earned = BigInt.zero();
    karma.taken = BigInt.zero();
  }
  karma.units = units;
  karma.earned = karma.earned.plus(earned);
  karma.taken = karma.taken.plus(taken);
  karma.changedAtBlock = block.number;
  karma.changedAt = block.timestamp;
  karma.save();
}
