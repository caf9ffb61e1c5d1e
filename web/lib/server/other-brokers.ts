import type { Configuration } from '#sdk/protocol/configuration';

/** Brokers, beside the one behind this origin, to which programs go on when it does not answer. */
export function otherBrokerUrls({ OTHER_BROKER_URLS }: Configuration): string[] {
  return OTHER_BROKER_URLS === undefined ? [] : [...new Set(OTHER_BROKER_URLS.split(','))];
}

/**
 * Lets pages go on there too: their content security policy allows this origin alone.
 *
 * @param policy Of the content-security-policy header.
 * @param urls Of brokers, http or https; their WebSockets are allowed with them.
 */
export function allowConnections(policy: string, urls: readonly string[]): string {
  const origins = urls.map((url) => new URL(url).origin);
  const sources = origins.flatMap((origin) => [origin, origin.replace(/^http/, 'ws')]);
  return sources.length === 0 ? policy : policy.replace(/connect-src [^;]*/, `$& ${sources.join(' ')}`);
}
