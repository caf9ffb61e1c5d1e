import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '#sdk/protocol/configuration';
import { allowConnections, otherBrokerUrls } from './other-brokers.ts';

describe('other brokers', () => {
  it('are those of the configuration, each once', () => {
    const one = 'https://one.example/broker';
    expect(otherBrokerUrls(parseConfiguration({}))).toEqual([]);
    expect(otherBrokerUrls(parseConfiguration({ OTHER_BROKER_URLS: `${one},http://two.example:4403,${one}` }))).toEqual(
      [one, 'http://two.example:4403']
    );
  });

  it('are what pages may connect to as well, by HTTP and by WebSocket', () => {
    const policy = "default-src 'self'; connect-src 'self'; object-src 'none'";
    expect(allowConnections(policy, [])).toBe(policy);
    expect(allowConnections(policy, ['https://one.example/broker', 'http://two.example:4403'])).toBe(
      "default-src 'self'; connect-src 'self' https://one.example wss://one.example http://two.example:4403 " +
        "ws://two.example:4403; object-src 'none'"
    );
  });
});
