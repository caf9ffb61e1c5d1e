import { BigInt } from '@graphprotocol/graph-ts';
import { KarmaEarned, KarmaTaken } from '../generated/Karma/Karma';
import { changeKarma } from '../store/karma';

export function handleKarmaEarned(event: KarmaEarned): void {
  changeKarma(
    event.params.account,
    event.params.role,
    event.params.points,
    BigInt.zero(),
    event.params.units,
    event.block
  );
}

export function handleKarmaTaken(event: KarmaTaken): void {
  changeKarma(
    event.params.account,
    event.params.role,
    BigInt.zero(),
    event.params.points,
    event.params.units,
    event.block
  );
}
