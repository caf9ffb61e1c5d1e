import { BigInt } from '@graphprotocol/graph-ts';
import { KarmaEarned, KarmaTaken } from '../generated/Karma/Karma';
import { changeKarma } from '../store/karma';

export function handleKarmaEarned(event: KarmaEarned): void {
  const params = event.params;
  changeKarma(params.account, params.role, params.points, BigInt.zero(), params.units, event);
}

export function handleKarmaTaken(event: KarmaTaken): void {
  const params = event.params;
  changeKarma(params.account, params.role, BigInt.zero(), params.points, params.units, event);
}
