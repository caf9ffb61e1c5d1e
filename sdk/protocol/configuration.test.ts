import { describe, expect, it } from 'vitest';
import { ConfigurationError, configurationSchema, parseConfiguration } from './configuration.ts';

describe('configuration', () => {
  it('needs nothing, and fills in every address', () => {
    expect(parseConfiguration({})).toMatchObject({
      DATA_DIRECTORY: '.tributary',
      PORT: 4400,
      PUBLIC_URL: 'http://localhost:4400',
      CHAIN_URL: 'http://127.0.0.1:4401',
      BROKER_URL: 'http://127.0.0.1:4403',
      INDEXER_URL: 'http://127.0.0.1:4404',
      DEPLOYMENT_FILE: '.tributary/deployment.json',
      CONFIRMATIONS: 0
    });
  });

  it('follows the ports and folders that were given', () => {
    const given = parseConfiguration({ PORT: '5000', CHAIN_PORT: '5001', DATA_DIRECTORY: '/data' });
    expect(given.PUBLIC_URL).toBe('http://localhost:5000');
    expect(given.CHAIN_URL).toBe('http://127.0.0.1:5001');
    expect(given.DEPLOYMENT_FILE).toBe('/data/deployment.json');
  });

  it('prefers addresses that were given', () => {
    const given = parseConfiguration({ CHAIN_URL: 'wss://chain.example/key', BROKER_URL: 'https://broker.example' });
    expect(given.CHAIN_URL).toBe('wss://chain.example/key');
    expect(given.BROKER_URL).toBe('https://broker.example');
  });

  it('takes empty values as absent, and leaves what is not its own', () => {
    expect(parseConfiguration({ PORT: '', CHAIN_URL: '', PATH: '/bin' })).toEqual(parseConfiguration({}));
  });

  it.each([
    ['PORT', '0'],
    ['PORT', '65536'],
    ['PORT', 'http'],
    ['OTHER_BROKER_URLS', 'https://one.example,ftp://two.example'],
    ['OTHER_BROKER_URLS', 'https://[one'],
    ['OTHER_BROKER_URLS', Array.from({ length: 17 }, (_, place) => `https://${String(place)}.example`).join(',')],
    ['CONFIRMATIONS', '-1'],
    ['CONFIRMATIONS', '1.5'],
    ['CHAIN_URL', 'localhost:8545'],
    ['CHAIN_URL', 'ftp://chain.example'],
    ['DATABASE_URL', 'mysql://localhost'],
    ['BROKER_URL', 'ws://localhost'],
    ['LOG_LEVEL', 'loud'],
    ['LIVE_SOURCES', 'some'],
    ['DELIVERY_WAIT', '0'],
    ['DELIVERY_WAIT', '604800'],
    ['DELIVERY_PEERS', 'https://broker.example,ftp://broker.example']
  ])('names the variable that is wrong: %s=%s', (name, value) => {
    expect(() => parseConfiguration({ [name]: value })).toThrow(ConfigurationError);
    expect(() => parseConfiguration({ [name]: value })).toThrow(new RegExp(name));
  });

  it('names all of them at once', () => {
    expect(() => parseConfiguration({ PORT: 'x', LOG_LEVEL: 'y' })).toThrow(/PORT.*LOG_LEVEL/);
  });

  it('does not repeat a secret', () => {
    const secret = `0x${'ab'.repeat(31)}`;
    let said = '';
    try {
      parseConfiguration({ FAUCET_PRIVATE_KEY: secret });
    } catch (error) {
      said = String(error);
    }
    expect(said).toContain('FAUCET_PRIVATE_KEY');
    expect(said).not.toContain('abab');
  });

  it('describes every variable', () => {
    for (const [name, schema] of Object.entries(configurationSchema.shape)) {
      expect(schema.description, name).toMatch(/^[A-Z].*\.$/s);
    }
  });
});
