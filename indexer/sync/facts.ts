import type { FactKey, FactSet } from './fact-set.ts';
import type { EventName, MarketEvent } from './market-logs.ts';
import { deliveryRules } from './rules/deliveries.ts';
import { licenseRules } from './rules/licenses.ts';
import { offerRules } from './rules/offers.ts';
import { reputationRules } from './rules/reputation.ts';
import type { KnownRows, Rule, Rules } from './rules/rule.ts';
import { streamRules } from './rules/streams.ts';
import { wishRules } from './rules/wishes.ts';

/** The rules by which a log becomes facts: subgraph/schema.graphql in code. */
const rules: Rules<EventName> = {
  ...streamRules,
  ...offerRules,
  ...licenseRules,
  ...deliveryRules,
  ...reputationRules,
  ...wishRules
};

/** The rule of an event. The table ties each name to its own event; only the type checker cannot follow. */
function ruleOf({ eventName }: MarketEvent): Rule<EventName> {
  return rules[eventName] as unknown as Rule<EventName>;
}

/** The rows that `applyEvent` will ask for and that the event names by itself. */
export function rowsTouchedBy(event: MarketEvent): readonly FactKey[] {
  return ruleOf(event).rows(event);
}

/** The rows that `applyEvent` will ask for and that follow from other rows. */
export function furtherRowsTouchedBy(event: MarketEvent, known: KnownRows): readonly FactKey[] {
  return ruleOf(event).further?.(event, known) ?? [];
}

/**
 * Applies one log, in the order of the chain.
 *
 * @returns false when the log speaks of something that was never made; it then changes nothing.
 */
export function applyEvent(facts: FactSet, event: MarketEvent): boolean {
  return ruleOf(event).apply(facts, event);
}
