import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEther, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { answerFlag } from '#sdk/actions/answer-flag';
import { answerWish } from '#sdk/actions/answer-wish';
import { attestBuyer } from '#sdk/actions/attest-buyer';
import { attestSeller } from '#sdk/actions/attest-seller';
import { authorizePurchase } from '#sdk/actions/authorize-purchase';
import { backWish } from '#sdk/actions/back-wish';
import { buyLicense } from '#sdk/actions/buy-license';
import { cancelLicense } from '#sdk/actions/cancel-license';
import { OfferRetiredError } from '#sdk/actions/chain-errors';
import { closeDeposit } from '#sdk/actions/close-deposit';
import { connectAccount } from '#sdk/actions/connect-account';
import { openMarket, type Market } from '#sdk/actions/connect-market';
import { createStream } from '#sdk/actions/create-stream';
import { fetchDocument } from '#sdk/actions/fetch-document';
import { flagLicense } from '#sdk/actions/flag-license';
import { followMajority } from '#sdk/actions/follow-majority';
import { listProduct, type ListProductParameters, type ListProductReturnType } from '#sdk/actions/list-product';
import { makeWish } from '#sdk/actions/make-wish';
import { proposeRest } from '#sdk/actions/propose-rest';
import { readAttestation } from '#sdk/actions/read-attestation';
import { readKarma } from '#sdk/actions/read-karma';
import { readLicense } from '#sdk/actions/read-license';
import { readRefund } from '#sdk/actions/read-refund';
import { readWish } from '#sdk/actions/read-wish';
import { readWithdrawable } from '#sdk/actions/read-withdrawable';
import { refundStake } from '#sdk/actions/refund-stake';
import { relayPurchase } from '#sdk/actions/relay-purchase';
import { releaseDelivery } from '#sdk/actions/release-delivery';
import { releaseRest } from '#sdk/actions/release-rest';
import { releaseStake } from '#sdk/actions/release-stake';
import { replaceKey } from '#sdk/actions/replace-key';
import { attestDelivery, readDelivery, reportDelivery } from '#sdk/actions/report-delivery';
import { revokeAttestation } from '#sdk/actions/revoke-attestation';
import { revokeLicense } from '#sdk/actions/revoke-license';
import { setEnsName } from '#sdk/actions/set-ens-name';
import { settleLicense } from '#sdk/actions/settle-license';
import { withdrawEarnings } from '#sdk/actions/withdraw-earnings';
import { decodeAttestation } from '#sdk/protocol/attestation-schemas';
import { authorizationSchema } from '#sdk/protocol/authorization';
import { sellerSchema } from '#sdk/protocol/discovery';
import { generateKeyPair } from '#sdk/protocol/hpke';
import type { Identity } from '#sdk/protocol/discovery/identities';
import {
  accountIdentitySchema,
  identityCheckSchema,
  identityTypedData,
  type IdentityCheck
} from '#sdk/protocol/identity';
import { addressSchema, type Address } from '#sdk/protocol/primitives';
import { chargedFrom, feeOf, refundQuote } from '#sdk/protocol/price';
import { proveEnsName } from '../../indexer/identity/prove-ens-name.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { payDatacoin } from '../../scripts/start/chain-state.ts';
import { startEnsChain, type EnsChain } from '../ens-chain.ts';
import { startIdentityServers, type IdentityServers } from '../identity-servers.ts';
import { indexerTables, until } from '../indexer-tables.ts';
import { startTestMarket, type TestMarket } from '../market.ts';

const hour = 3600;
const price = parseEther('0.001');
const [treasuryIndex, sellerIndex, relayerIndex, beneficiaryIndex, verifierIndex] = [0, 1, 2, 3, 5];
const [buyerIndex, friendIndex] = [7, 8];

let running: TestMarket;
let market: Market;
let stream: Address;
let publicKey: Hex;
let proofs: IdentityServers;
let ens: EnsChain;
const folder = mkdtempSync(join(tmpdir(), 'tributary-license-life-'));
/** Seconds for which a proof of a name may be absent. */
const grace = 600;

const addressOf = (index: number) => addressSchema.parse(privateKeyToAccount(localPrivateKey(index)).address);
const wallet = (index: number) => connectAccount({ market, account: privateKeyToAccount(localPrivateKey(index)) });
const balanceOf = (index: number) =>
  market.publicClient.readContract({
    address: market.deployment.contracts.DATAcoin,
    abi: datacoinAbi,
    functionName: 'balanceOf',
    args: [addressOf(index)]
  });
const now = async () => Number((await market.publicClient.getBlock()).timestamp);
const timeOf = async (blockNumber: bigint) => Number((await market.publicClient.getBlock({ blockNumber })).timestamp);

const list = (terms: Partial<ListProductParameters>) =>
  listProduct({
    market,
    wallet: wallet(sellerIndex),
    terms: 'You may read.',
    document: { name: 'Tides', summary: 'Water levels.', category: 'science', streams: [{ address: stream }] },
    pricePerSecond: price,
    beneficiary: addressOf(beneficiaryIndex),
    ...terms
  });
const buy = (product: ListProductReturnType, more: Partial<Parameters<typeof buyLicense>[0]> = {}) =>
  buyLicense({
    market,
    wallet: wallet(buyerIndex),
    offer: product.offer,
    position: product.position,
    publicKey,
    period: { seconds: 2 * hour },
    ...more
  });

beforeAll(async () => {
  [proofs, ens] = await Promise.all([startIdentityServers(), startEnsChain()]);
  const keyFile = join(folder, 'verifier.key');
  writeFileSync(keyFile, localPrivateKey(verifierIndex), { mode: 0o600 });
  running = await startTestMarket({
    databaseUrl: inject('databaseUrl'),
    environment: {
      IDENTITY_KEY_FILE: keyFile,
      IDENTITY_DNS_SERVERS: proofs.nameServer,
      ENS_RPC_URL: ens.url,
      IDENTITY_LOOPBACK_PORT: String(proofs.webPort),
      IDENTITY_CHECK_SECONDS: '1',
      IDENTITY_GRACE_SECONDS: String(grace)
    }
  });
  const { configuration, deployment, chain } = running;
  const document = {
    chainId: deployment.chainId,
    rpcUrl: chain.url,
    deployment,
    brokerUrl: configuration.BROKER_URL,
    marketUrl: configuration.INDEXER_URL,
    local: true
  };
  market = openMarket(document, {
    baseUrl: configuration.INDEXER_URL,
    webSocket: WebSocket,
    clock: () => running.now()
  });
  for (const index of [buyerIndex, friendIndex]) await payDatacoin(chain.url, deployment, index, parseEther('1000'));
  ({ publicKey } = await generateKeyPair());
  ({ stream } = await createStream({ market, wallet: wallet(sellerIndex), name: 'Tides' }));
});

afterAll(async () => {
  await running.stop();
  await proofs.stop();
  await ens.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a licence settled by the second', () => {
  it('pays the seller as it runs, and its holder takes back the rest to the second', async () => {
    const product = await list({ settlement: 'by-second' });
    const { offer, offerId } = product;
    const before = await balanceOf(buyerIndex);
    const bought = await buy(product);
    expect(await balanceOf(buyerIndex)).toBe(before - bought.paid);
    await running.advance(1_000);

    const license = await readLicense({ market, offerId, account: addressOf(buyerIndex) });
    const quoted = refundQuote(offer, license, license.now);
    expect(await readRefund({ market, offer, licensee: addressOf(buyerIndex) })).toBe(quoted?.refund);

    const held = await readWithdrawable({ market, offer });
    expect(held).toEqual({ amount: price * BigInt((await now()) - bought.from), ends: [bought.until] });
    const [atFirst, treasury] = [await balanceOf(beneficiaryIndex), await balanceOf(treasuryIndex)];
    const withdrawn = await withdrawEarnings({ market, wallet: wallet(relayerIndex), offer });
    expect(withdrawn.transactionHashes).toHaveLength(1);
    expect(withdrawn.amount).toBeGreaterThanOrEqual(held.amount);
    expect(withdrawn.fee).toBe(feeOf(withdrawn.amount, offer.feeBasisPoints));
    expect(await balanceOf(beneficiaryIndex)).toBe(atFirst + withdrawn.amount - withdrawn.fee);
    expect(await balanceOf(treasuryIndex)).toBe(treasury + withdrawn.fee);

    await settleLicense({ market, wallet: wallet(relayerIndex), offer, licensee: addressOf(buyerIndex) });
    await running.advance(500);
    const cancelled = await cancelLicense({ market, wallet: wallet(buyerIndex), offer });
    expect(cancelled.refund).toBe(price * BigInt(bought.until - cancelled.until));
    const spent = price * BigInt(cancelled.until - bought.from);
    expect(await balanceOf(buyerIndex)).toBe(before - spent);
    expect((await readLicense({ market, offerId, account: addressOf(buyerIndex) })).until).toBe(cancelled.until);

    // What ran and was not paid out yet is found by the end that was bought.
    const rest = await withdrawEarnings({ market, wallet: wallet(sellerIndex), offer });
    expect(rest.amount).toBe(spent - withdrawn.amount);
    expect(await withdrawEarnings({ market, wallet: wallet(sellerIndex), offer })).toEqual({
      transactionHashes: [],
      amount: 0n,
      fee: 0n
    });
    const karma = await readKarma({ market, account: addressOf(sellerIndex) });
    expect(karma.seller).toBeGreaterThan((spent * 99n) / 100n);
    expect(karma.seller).toBeLessThanOrEqual(spent);
    expect((await readKarma({ market, account: addressOf(buyerIndex) })).buyer).toBeGreaterThan((spent * 99n) / 100n);

    await expect(cancelLicense({ market, wallet: wallet(buyerIndex), offer })).rejects.toThrow(
      'There is no running licence to this offer. It may have ended: buy it anew.'
    );
  });

  it('is given to somebody else, and ended by the seller with its reason and the rest of the money', async () => {
    const product = await list({ settlement: 'by-second' });
    const { offer, offerId } = product;
    const before = await balanceOf(buyerIndex);
    const gift = await buy(product, { licensee: addressOf(friendIndex) });
    expect(gift.licensee).toBe(addressOf(friendIndex));
    expect(await balanceOf(buyerIndex)).toBe(before - gift.paid);
    expect((await readLicense({ market, offerId, account: addressOf(friendIndex) })).until).toBe(gift.until);
    expect((await readLicense({ market, offerId, account: addressOf(buyerIndex) })).until).toBe(0);

    const friend = await balanceOf(friendIndex);
    const of = { market, offer, licensee: addressOf(friendIndex), reason: 'It was passed on.' };
    await expect(revokeLicense({ ...of, wallet: wallet(relayerIndex) })).rejects.toThrow('Only the seller');
    const revoked = await revokeLicense({ ...of, wallet: wallet(sellerIndex) });
    expect(revoked.refund).toBe(price * BigInt(gift.until - revoked.until));
    expect(await balanceOf(friendIndex)).toBe(friend + revoked.refund);
    expect((await fetchDocument({ market, cid: revoked.reasonCid })).text).toBe('It was passed on.');
  });
});

describe('a licence settled at once', () => {
  it('is paid by an authorisation that somebody else carries, and can neither be changed nor used twice', async () => {
    const product = await list({});
    const { offer, position } = product;
    const signed = await authorizePurchase({
      market,
      wallet: wallet(buyerIndex),
      offer,
      position,
      publicKey,
      period: { seconds: hour }
    });
    const authorization = authorizationSchema.parse(JSON.parse(JSON.stringify(signed)));
    const relayer = wallet(relayerIndex);
    const changed = { ...authorization, until: authorization.until + hour };
    await expect(relayPurchase({ market, wallet: relayer, offer, authorization: changed })).rejects.toThrow(
      /The buyer authorised .* and the licence costs|not the buyer's for exactly this purchase/
    );
    const other = { ...authorization, publicKey: `0x${'99'.repeat(32)}` as const };
    await expect(relayPurchase({ market, wallet: relayer, offer, authorization: other })).rejects.toThrow(
      "The authorisation is not the buyer's for exactly this purchase. Ask for it again."
    );

    const [buyer, carrier] = [await balanceOf(buyerIndex), await balanceOf(relayerIndex)];
    const [beneficiary, treasury] = [await balanceOf(beneficiaryIndex), await balanceOf(treasuryIndex)];
    await running.advance(60);
    const bought = await relayPurchase({ market, wallet: relayer, offer, authorization });
    expect(bought).toMatchObject({ licensee: addressOf(buyerIndex), until: authorization.until });
    // A minute later it costs a minute less; the rest of what was authorised flowed back at once.
    expect(bought.paid).toBeLessThanOrEqual(BigInt(authorization.value) - 60n * price);
    expect(await balanceOf(buyerIndex)).toBe(buyer - bought.paid);
    expect(await balanceOf(relayerIndex)).toBe(carrier);
    const fee = feeOf(bought.paid, offer.feeBasisPoints);
    expect(await balanceOf(beneficiaryIndex)).toBe(beneficiary + bought.paid - fee);
    expect(await balanceOf(treasuryIndex)).toBe(treasury + fee);
    await expect(relayPurchase({ market, wallet: relayer, offer, authorization })).rejects.toThrow(/[.]$/);
    const elsewhere = await list({ pricePerSecond: price * 2n });
    await expect(relayPurchase({ market, wallet: relayer, offer: elsewhere.offer, authorization })).rejects.toThrow(
      'Carry it with that offer'
    );
  });

  it('is rekeyed, flagged once with a reason, and the flag is answered', async () => {
    const product = await list({});
    const { offer, offerId } = product;
    const bought = await buy(product);
    await replaceKey({ market, wallet: wallet(buyerIndex), offerId, publicKey: `0x${'44'.repeat(32)}` });
    await expect(cancelLicense({ market, wallet: wallet(buyerIndex), offer })).rejects.toThrow('paid at once');
    await running.advance(600);
    const before = await readKarma({ market, account: addressOf(sellerIndex) });
    const flag = { market, wallet: wallet(buyerIndex), offer, reason: 'The gauge stood still.' };
    const flagged = await flagLicense(flag);
    expect(flagged.points).toBeGreaterThan(0n);
    expect(flagged.points).toBeLessThanOrEqual(bought.paid);
    expect((await readKarma({ market, account: addressOf(sellerIndex) })).seller).toBeLessThan(before.seller);
    expect((await readLicense({ market, offerId, account: addressOf(buyerIndex) })).flagged).toBe(true);
    await expect(flagLicense(flag)).rejects.toThrow('You have flagged this licence already');
    const answered = await answerFlag({
      market,
      wallet: wallet(sellerIndex),
      offer,
      licensee: addressOf(buyerIndex),
      answer: 'It was ice.'
    });
    expect((await fetchDocument({ market, cid: answered.answerCid })).text).toBe('It was ice.');
  });

  it('is sold to known buyers only, where the seller demands it', async () => {
    const attester = wallet(relayerIndex);
    const schema = market.deployment.schemas.knownBuyer ?? expect.fail('no schema');
    const product = await list({ requires: { schema, attesters: [addressOf(relayerIndex), addressOf(4)] } });
    expect(product.offer.attesters).toHaveLength(2);
    await expect(buy(product)).rejects.toThrow('This seller sells only to accounts with an attestation');
    const { uid } = await attestBuyer({ market, wallet: attester, buyer: addressOf(buyerIndex), level: 'met' });
    expect(await readAttestation({ market, uid })).toMatchObject({
      schema,
      recipient: addressOf(buyerIndex),
      attester: addressOf(relayerIndex),
      revokedAt: undefined
    });
    expect((await buy(product, { attestation: uid })).paid).toBeGreaterThan(0n);
    // Somebody else's word, or somebody else's attestation, does not count.
    await expect(buy(product, { attestation: uid, licensee: addressOf(friendIndex) })).rejects.toThrow('attestation');
    await expect(revokeAttestation({ market, wallet: wallet(buyerIndex), uid })).rejects.toThrow(
      'Only the account that made the attestation may revoke it.'
    );
    await revokeAttestation({ market, wallet: attester, uid });
    expect((await readAttestation({ market, uid })).revokedAt).toBeGreaterThan(0);
    await expect(buy(product, { attestation: uid })).rejects.toThrow('attestation');
  });
});

describe('a licence settled by events', () => {
  const delivered = async (product: ListProductReturnType, since: number, until: number, count: bigint) => {
    const attestor = wallet(treasuryIndex);
    for (const [time, events] of [
      [since, 100n],
      [until, 100n + count]
    ] as const) {
      const said = { market, wallet: attestor, stream, time, count: events };
      expect(await readDelivery({ market, stream, time })).toBeUndefined();
      await reportDelivery({ ...said, wallet: wallet(relayerIndex), attestations: [await attestDelivery(said)] });
      expect(await readDelivery({ market, stream, time })).toBe(events);
    }
    return releaseDelivery({ market, wallet: wallet(relayerIndex), offer: product.offer, since, until, time: until });
  };

  it('earns by event what came, and the rest flows back', async () => {
    const product = await list({ settlement: 'by-event', delivery: { events: 10n, period: hour } });
    const { offer } = product;
    const before = await balanceOf(buyerIndex);
    const bought = await buy(product);
    const since = chargedFrom(offer, await timeOf(bought.blockNumber));
    expect(bought.paid).toBe(price * BigInt(bought.until - since));
    const closing = { market, wallet: wallet(relayerIndex), offer, licensee: addressOf(buyerIndex), since };
    await expect(closeDeposit(closing)).rejects.toThrow('Delivery is not judged to its end yet');
    await running.advance(bought.until - (await now()) + 10);
    await expect(releaseDelivery({ ...closing, until: bought.until, time: bought.until })).rejects.toThrow(
      'The oracle has not said yet how many events'
    );
    // Five of the ten events of an hour earn half an hour.
    const released = await delivered(product, since, bought.until, 5n);
    const earned = (price * BigInt(hour)) / 2n;
    expect(released).toMatchObject({ amount: earned, fee: feeOf(earned, offer.feeBasisPoints), final: true });
    const closed = await closeDeposit(closing);
    expect(closed).toMatchObject({ spent: earned, refund: bought.paid - earned });
    expect(await balanceOf(buyerIndex)).toBe(before - earned);
  });

  it('is left by event at the next boundary; what is locked after events stays locked', async () => {
    const product = await list({ settlement: 'by-event', delivery: { events: 10n, period: hour } });
    const bought = await buy(product, { period: { seconds: 5 * hour } });
    const account = addressOf(buyerIndex);
    const license = await readLicense({ market, offerId: product.offerId, account });
    expect(license.until).toBe(bought.until);
    const quoted = refundQuote(product.offer, license, license.now);
    expect(await readRefund({ market, offer: product.offer, licensee: account })).toBe(quoted?.refund);
    const cancelled = await cancelLicense({ market, wallet: wallet(buyerIndex), offer: product.offer });
    expect(cancelled.until % hour).toBe(0);
    expect({ until: cancelled.until, refund: cancelled.refund }).toEqual(quoted);

    const locked = await list({ settlement: 'after-events', delivery: { events: 10n, period: hour } });
    await buy(locked);
    await expect(cancelLicense({ market, wallet: wallet(buyerIndex), offer: locked.offer })).rejects.toThrow(
      'The payment is held until the promised events came'
    );
  });
});

describe('a product', () => {
  it('gets another version in one transaction, which takes the old one off sale', async () => {
    const old = await list({});
    const replaces = { offer: old.offer, position: old.position };
    const fresh = await list({ pricePerSecond: price * 2n, settlement: 'by-second', replaces });
    expect(fresh.productId).toBe(old.productId);
    expect(fresh.offerId).not.toBe(old.offerId);
    await expect(buy(old)).rejects.toThrow(OfferRetiredError);
    expect((await buy(fresh)).productId).toBe(old.productId);
    // What is off sale already cannot be replaced, and nothing is listed then.
    await expect(list({ pricePerSecond: price * 3n, replaces })).rejects.toThrow(OfferRetiredError);
  });
});

describe('who somebody is', () => {
  it('is attested by the schemas of the market', async () => {
    const { uid } = await attestSeller({
      market,
      wallet: wallet(relayerIndex),
      seller: addressOf(sellerIndex),
      schema: 'domain',
      statement: { domain: 'tides.example.org' },
      expiresAt: (await now()) + hour
    });
    const attestation = await readAttestation({ market, uid });
    expect(attestation.schema).toBe(market.deployment.schemas.domain);
    expect(decodeAttestation('domain', attestation.data)).toEqual({ domain: 'tides.example.org' });
    await expect(readAttestation({ market, uid: `0x${'12'.repeat(32)}` })).rejects.toThrow('knows no attestation');
  });

  const ask = (path: string, body: object) =>
    fetch(`${market.marketUrl}/v1/identity/${addressOf(sellerIndex)}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body)
    });
  const check = async (domain: string, consent?: object): Promise<IdentityCheck> => {
    const response = await ask('domain', { domain, consent });
    expect(response.status).toBe(200);
    return identityCheckSchema.parse(await response.json());
  };
  const outcomes = ({ steps }: Pick<IdentityCheck, 'steps'>) => steps.map(({ outcome }) => outcome);
  const consentTo = async (domain: string, index = sellerIndex) => {
    const expires = Math.floor(running.now() / 1_000) + 600;
    const typed = identityTypedData(market.chainId, addressOf(sellerIndex), domain, expires);
    return { expires, signature: await privateKeyToAccount(localPrivateKey(index)).signTypedData(typed) };
  };
  const identities = async (): Promise<readonly Identity[]> => {
    const response = await fetch(`${market.marketUrl}/v1/sellers/${addressOf(sellerIndex)}`);
    return sellerSchema.parse(await response.json()).identities;
  };

  it('is a domain that names the account, as long as it does, with the account agreeing', async () => {
    const domain = 'tides.localhost';
    const told = await fetch(`${market.marketUrl}/v1/identity/${addressOf(sellerIndex)}`);
    const { publish, verifier } = accountIdentitySchema.parse(await told.json());
    expect(verifier).toBe(addressOf(verifierIndex));

    const nothing = await check(domain);
    expect([nothing.state, ...outcomes(nothing)]).toEqual(['not-proved', 'absent', 'absent']);
    expect(nothing.steps.map(({ lookedUp }) => lookedUp)).toEqual([
      `https://${domain}/.well-known/tributary.json`,
      `TXT _tributary.${domain}`
    ]);
    expect(nothing.steps[1]?.advice).toContain(publish.dns.value);

    // neither a redirect nor somebody else's account proves anything
    proofs.files.set(domain, 'http://tides.localhost/elsewhere');
    proofs.records.set(`_tributary.${domain}`, [`tributary=eip155:31337:${addressOf(friendIndex)}`]);
    const foreign = await check(domain, await consentTo(domain));
    expect([foreign.state, ...outcomes(foreign)]).toEqual(['not-proved', 'absent', 'contradicted']);

    proofs.files.set(domain, JSON.stringify(publish.wellKnown.content));
    expect(await check(domain)).toMatchObject({ state: 'consent-needed', holds: true, uid: null });
    const forged = await ask('domain', { domain, consent: await consentTo(domain, friendIndex) });
    expect(forged.status).toBe(422);
    const late = await ask('domain', { domain, consent: { ...(await consentTo(domain)), expires: 1 } });
    expect(late.status).toBe(422);

    const consent = await consentTo(domain);
    const both = await Promise.all([check(domain, consent), check(domain, consent)]);
    const { uid } = both[0];
    expect(both.map((one) => [one.state, one.uid])).toEqual([
      ['attested', uid],
      ['attested', uid]
    ]);
    expect((await check(domain)).uid).toBe(uid);
    const attestation = await readAttestation({ market, uid: uid ?? '0x' });
    expect(attestation).toMatchObject({ recipient: addressOf(sellerIndex), attester: addressOf(verifierIndex) });
    expect(decodeAttestation('domain', attestation.data)).toEqual({ domain });
    // what anybody attests is no proof
    await until(async () => (await identities()).length > 0);
    expect(await identities()).toEqual([
      expect.objectContaining({ method: 'domain', name: domain, uid, since: attestation.attestedAt })
    ]);

    // the other proof is as good
    proofs.records.set(`_tributary.${domain}`, ['v=spf1 -all', publish.dns.value]);
    proofs.files.delete(domain);
    expect(outcomes(await check(domain))).toEqual(['absent', 'proved']);

    // gone, but not for long yet
    proofs.records.delete(`_tributary.${domain}`);
    const { query } = indexerTables(running.configuration.DATABASE_URL ?? '');
    const failures = async () => Number((await query('select failures from indexer.identity_check'))[0]?.['failures']);
    await until(async () => (await failures()) > 3);
    expect(await identities()).toHaveLength(1);
    proofs.files.set(domain, JSON.stringify(publish.wellKnown.content));
    await until(async () => (await failures()) === 0);
    proofs.files.delete(domain);
    await until(async () => (await failures()) > 3);
    await running.advance(grace);
    await until(async () => (await identities()).length === 0);
    const { revokedAt } = await readAttestation({ market, uid: uid ?? '0x' });
    expect(revokedAt).toBeGreaterThan(0);
  });

  it('is asked of nobody but the public internet', async () => {
    const inside = await check('169.254.169.254');
    expect(inside.steps[0]).toMatchObject({ outcome: 'absent' });
    expect(inside.steps[0]?.found).toContain('no name of the public internet');
  });

  it('is an ENS name where name and account name each other on the chain of ENS, and nothing else', async () => {
    const account = addressOf(sellerIndex);
    const friend = addressOf(friendIndex);
    const prove = async (name: string) => outcomes({ steps: await proveEnsName(account, name, ens.url) });
    expect(await prove('tides.eth')).toEqual(['absent', 'absent']);
    // one that names an account which does not name it, and the other way round
    await ens.setAddress('tides.eth', account);
    expect(await prove('tides.eth')).toEqual(['proved', 'absent']);
    await ens.setPrimaryName(account, 'ebbs.eth');
    expect(await prove('ebbs.eth')).toEqual(['absent', 'absent']);
    await ens.setAddress('ebbs.eth', friend);
    expect(await prove('ebbs.eth')).toEqual(['contradicted', 'absent']);
    await ens.setAddress('ebbs.eth', account);
    expect(await prove('tides.eth')).toEqual(['proved', 'contradicted']);
    // names below it are not its own, and it has one way to be written
    expect(await prove('sub.tides.eth')).toEqual(['absent', 'contradicted']);
    expect(await proveEnsName(account, 'Tides.eth', ens.url)).toMatchObject([
      { outcome: 'contradicted', found: 'tides.eth' }
    ]);
    // a server that the name's owner chose is not asked
    await ens.setOffchain('afar.eth');
    await ens.setPrimaryName(account, 'afar.eth');
    expect(await prove('afar.eth')).toEqual(['absent', 'absent']);
    expect(ens.asked()).toBe(0);
    expect(outcomes({ steps: await proveEnsName(account, 'tides.eth', 'http://127.0.0.1:9') })).toEqual([
      'unreachable',
      'unreachable'
    ]);
  });

  it('is attested by an ENS name as long as both hold, with nobody signing', async () => {
    const name = 'tides.eth';
    const checkName = async () => {
      const response = await ask('ens', { ensName: name });
      expect(response.status).toBe(200);
      return identityCheckSchema.parse(await response.json());
    };
    await ens.setAddress(name, addressOf(sellerIndex));
    await ens.setPrimaryName(addressOf(sellerIndex), '');
    expect(await checkName()).toMatchObject({ state: 'not-proved', holds: false, uid: null });
    await ens.setPrimaryName(addressOf(sellerIndex), name);
    const { state, uid } = await checkName();
    expect(state).toBe('attested');
    expect((await checkName()).uid).toBe(uid);
    const attestation = await readAttestation({ market, uid: uid ?? '0x' });
    expect(attestation).toMatchObject({ recipient: addressOf(sellerIndex), attester: addressOf(verifierIndex) });
    expect(decodeAttestation('ensName', attestation.data)).toEqual({ ensName: name });
    await until(async () => (await identities()).length > 0);
    expect(await identities()).toEqual([expect.objectContaining({ method: 'ensName', name, uid })]);

    // sold on
    await ens.setAddress(name, addressOf(friendIndex));
    const { query } = indexerTables(running.configuration.DATABASE_URL ?? '');
    const failures = async () =>
      Number(
        (await query(`select failures from indexer.identity_check where uid = '${String(uid)}'`))[0]?.['failures']
      );
    await until(async () => (await failures()) > 3);
    expect(await identities()).toHaveLength(1);
    await running.advance(grace);
    await until(async () => (await identities()).length === 0);
    expect((await readAttestation({ market, uid: uid ?? '0x' })).revokedAt).toBeGreaterThan(0);
  });

  it('is no ENS name on a chain without ENS', async () => {
    await expect(
      setEnsName({ market, wallet: wallet(sellerIndex), stream, name: 'tides.example.eth' })
    ).rejects.toThrow('This chain has no ENS');
  });
});

describe('a wish', () => {
  it('gathers stakes, is answered, and pays by the word of its backers alone', async () => {
    const deadline = (await now()) + 30 * 24 * hour;
    const asker = wallet(relayerIndex);
    const made = await makeWish({ market, wallet: asker, description: 'Tides of the Elbe', deadline });
    const { wish } = made;
    expect((await fetchDocument({ market, cid: made.descriptionCid })).text).toBe('Tides of the Elbe');
    const amount = parseEther('10');
    expect((await backWish({ market, wallet: wallet(buyerIndex), wish, amount: 2n * amount })).stake).toBe(2n * amount);
    await backWish({ market, wallet: wallet(friendIndex), wish, amount });
    await followMajority({ market, wallet: wallet(friendIndex), wish, follows: true });
    const product = await list({});
    const { answer } = await answerWish({
      market,
      wallet: wallet(sellerIndex),
      wish,
      productId: product.productId,
      beneficiary: addressOf(beneficiaryIndex)
    });
    expect(answer).toBe(1);
    const before = await balanceOf(beneficiaryIndex);
    expect((await releaseStake({ market, wallet: wallet(buyerIndex), wish, answer })).amount).toBe(2n * amount);
    await expect(proposeRest({ market, wallet: wallet(sellerIndex), wish, answer })).rejects.toThrow(
      'who made the wish'
    );
    const { payableAt } = await proposeRest({ market, wallet: asker, wish, answer });
    expect(await readWish({ market, wish, backer: addressOf(friendIndex) })).toMatchObject({
      asker: addressOf(relayerIndex),
      descriptionHash: made.descriptionHash,
      deadline,
      held: amount,
      following: amount,
      rest: { answer, payableAt },
      stake: amount,
      follows: true
    });
    await expect(releaseRest({ market, wallet: asker, wish })).rejects.toThrow('Backers may object until');
    await running.advance(payableAt - (await now()) + 1);
    expect((await releaseRest({ market, wallet: asker, wish })).amount).toBe(amount);
    expect(await balanceOf(beneficiaryIndex)).toBe(before + 3n * amount);
  });

  it('gives stakes back after its deadline, and not before', async () => {
    const deadline = (await now()) + 2 * hour;
    const { wish } = await makeWish({ market, wallet: wallet(buyerIndex), description: 'Nobody answers', deadline });
    const amount = parseEther('5');
    const before = await balanceOf(buyerIndex);
    await backWish({ market, wallet: wallet(buyerIndex), wish, amount });
    await expect(refundStake({ market, wallet: wallet(buyerIndex), wish })).rejects.toThrow('Stakes can be taken back');
    await running.advance(3 * hour);
    expect((await refundStake({ market, wallet: wallet(buyerIndex), wish })).amount).toBe(amount);
    expect(await balanceOf(buyerIndex)).toBe(before);
  });
});
