import type { Deployment } from '#sdk/protocol/deployment';
import type { Measurement } from '../actions.ts';
import type { Parties } from '../parties.ts';
import type { Session } from '../session.ts';
import { measureAtOnce, measureAtOnceWithFee } from './at-once.ts';
import { measureByEvents } from './by-events.ts';
import { measureBySecond } from './by-second.ts';
import { openMarket } from './market.ts';
import { measureStreams } from './streams.ts';
import { measureWishes } from './wishes.ts';

/** All that our contracts do, in a market without a fee. */
export async function measureTributary(
  session: Session,
  parties: Parties,
  deployment: Deployment
): Promise<Measurement[]> {
  const market = await openMarket(session, parties, deployment);
  const measurements: Measurement[] = [];
  for (const measure of [measureStreams, measureAtOnce, measureBySecond, measureByEvents, measureWishes]) {
    measurements.push(...(await measure(market)));
  }
  return measurements;
}

/** What a fee adds to purchases. */
export async function measureTributaryWithFee(
  session: Session,
  parties: Parties,
  deployment: Deployment
): Promise<Measurement[]> {
  return measureAtOnceWithFee(await openMarket(session, parties, deployment));
}
