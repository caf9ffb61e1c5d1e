import { and, asc, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { encodeFunctionData, parseEventLogs, zeroHash, type TransactionReceipt } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { attestationServiceAbi } from '#contracts/generated/attestationService';
import { attestationServiceOf } from '#sdk/actions/attest';
import { TransactionRevertedError } from '#sdk/actions/chain-errors';
import type { Market } from '#sdk/actions/connect-market';
import { readAttestation } from '#sdk/actions/read-attestation';
import { translateChainError } from '#sdk/actions/translate-chain-error';
import { encodeAttestation } from '#sdk/protocol/attestation-schemas';
import type { IdentityMethod } from '#sdk/protocol/discovery/identities';
import {
  identityTypedData,
  longestConsent,
  type IdentityCheck,
  type IdentityConsent,
  type IdentityStep
} from '#sdk/protocol/identity';
import { addressSchema, bytes32Schema, type Address, type Hex } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import type { Database } from '../database.ts';
import { GasAllowance } from '../relayer/gas-allowance.ts';
import { NonceLane } from '../relayer/nonce-lane.ts';
import { attestation, identityCheck } from '../schema.ts';
import { attestationFilter } from '../search/attestations.ts';
import { identityNameOf } from '../search/identities.ts';
import type { View } from '../search/view.ts';
import { IdentitiesTooManyError, IdentityBusyError, IdentityConsentInvalidError } from './errors.ts';
import { proveDomain, type DomainProofOptions } from './prove-domain.ts';
import { ensChains, proveEnsName } from './prove-ens-name.ts';

export interface VerifierOptions {
  readonly view: View;
  /** The contracts, as programs see them. */
  market(): Promise<Market>;
  /** Whether the index shows the chain as it is. */
  upToDate(): Promise<boolean>;
  /** Whether this process is the one that looks again on a schedule. */
  leads(): boolean;
  /** Null where this market attests nothing; then names are only checked. */
  readonly account: PrivateKeyAccount | null;
  readonly gasPerHour: number;
  /** Seconds. */
  readonly checkSeconds: number;
  readonly graceSeconds: number;
  /** JSON-RPC of a chain that has ENS, for a market on a chain; null where there is none. */
  ensRpcUrl(chainId: number): string | null;
  readonly domains: DomainProofOptions;
  readonly logger: Logger;
  /** Milliseconds. */
  readonly clock: () => number;
}

/** A name that somebody claims for an account. */
export interface Claim {
  readonly account: Address;
  readonly method: 'domain' | 'ensName';
  readonly name: string;
}

/** Proves names of accounts, attests them, and keeps watch over what it attested. */
export interface Verifier {
  /** Account that attests; null where this market attests nothing. */
  readonly account: Address | null;
  /** Port of this machine at which names that end in .localhost are asked; null where they are refused. */
  readonly loopbackPort: number | null;
  /** Whether ENS names can be looked up, for a market on a chain. */
  ens(chainId: number): boolean;
  /**
   * Looks whether a name names an account now, and attests it where it does, and the account agrees.
   *
   * @throws {@link IdentityBusyError}, {@link IdentityConsentInvalidError}, {@link IdentitiesTooManyError}, and as
   * {@link NonceLane.carry}.
   */
  check(claim: Claim, consent?: IdentityConsent): Promise<IdentityCheck>;
  /** Looks again at what is due, as it does by itself; returns how many it looked at. */
  look(): Promise<number>;
  stop(): Promise<void>;
}

/** Checks at a time; more are refused. */
const mostChecks = 16;
/** Names of one account that are attested. */
const mostNames = 8;
/** Attestations that are looked at in one go. */
const looksAtOnce = 20;
/** Looks that must fail before anything is revoked. */
const leastFailures = 3;
/** After a failure it looks again so many times sooner. */
const hurry = 12;
/** So many times the grace where nobody answers: it may be our own line that is down. */
const patienceWithSilence = 4;
/** Milliseconds between two looks at what is due, at most. */
const longestInterval = 15_000;
/** Any number: whoever attests waits for whoever else does, in any process. */
const attestingLock = 7_236_571;

export function createVerifier(options: VerifierOptions): Verifier {
  const { view, account, logger, clock } = options;
  const { database } = view;
  const verifier = account === null ? null : addressSchema.parse(account.address);
  const lane =
    account === null
      ? null
      : new NonceLane({ account, logger, allowance: new GasAllowance(options.gasPerHour, clock) });
  const stopping = new AbortController();
  let checking = 0;
  let attesting: Promise<unknown> = Promise.resolve();

  async function prove(market: Market, { account: of, method, name }: Claim): Promise<IdentityStep[]> {
    if (method === 'domain') {
      return proveDomain({ chainId: market.chainId, account: of, domain: name }, options.domains);
    }
    const ens = options.ensRpcUrl(market.chainId);
    return ens === null ? [] : proveEnsName(of, name, ens);
  }

  async function check(claim: Claim, consent?: IdentityConsent): Promise<IdentityCheck> {
    if (checking >= mostChecks) throw new IdentityBusyError('Too many checks run at once. Try again in a moment.');
    checking += 1;
    try {
      const market = await options.market();
      const steps = await prove(market, claim);
      const holds = isProved(claim.method, steps);
      const answer = { ...claim, holds, steps };
      const schema = market.deployment.schemas[claim.method];
      if (verifier === null || schema === null || (claim.method === 'ensName' && steps.length === 0)) {
        return { ...answer, state: 'not-offered', uid: null };
      }
      const standing = await standingOf(database, market, verifier, claim);
      if (standing !== null) {
        if (holds) await keep(database, standing, claim, clock());
        return { ...answer, state: 'attested', uid: standing };
      }
      if (!holds) return { ...answer, state: 'not-proved', uid: null };
      if (claim.method === 'domain') {
        if (consent === undefined) return { ...answer, state: 'consent-needed', uid: null };
        await checkConsent(market, claim, consent);
      }
      return { ...answer, state: 'attested', uid: await inTurn(() => attest(market, verifier, schema, claim)) };
    } finally {
      checking -= 1;
    }
  }

  async function checkConsent(market: Market, claim: Claim, { expires, signature }: IdentityConsent): Promise<void> {
    const left = expires - Math.floor(clock() / 1_000);
    if (left <= 0 || left > longestConsent) {
      throw new IdentityConsentInvalidError(
        `Sign again: the signature must expire within ${String(longestConsent)} seconds, and must not have expired.`
      );
    }
    const valid = await market.publicClient.verifyTypedData({
      address: claim.account,
      signature,
      ...identityTypedData(market.chainId, claim.account, claim.name, expires)
    });
    if (!valid) throw new IdentityConsentInvalidError(`Sign with ${claim.account}: the signature is not its own.`);
  }

  /** One after the other, so that a single connection waits for blocks however many ask. */
  function inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const mine = attesting.then(act, act);
    attesting = mine.catch(() => undefined);
    return mine;
  }

  async function attest(market: Market, attester: Address, schema: Hex, claim: Claim): Promise<Hex> {
    if (!(await options.upToDate())) {
      throw new IdentityBusyError('The index is not up to date, and what was attested before is not known for sure.');
    }
    return database.transaction(async (transaction) => {
      await transaction.execute(sql`select pg_advisory_xact_lock(${attestingLock})`);
      const standing = await standingOf(transaction, market, attester, claim);
      if (standing !== null) return standing;
      if ((await ownAttestations(transaction, attester, claim.account)).length >= mostNames) {
        throw new IdentitiesTooManyError(mostNames);
      }
      const statement =
        claim.method === 'domain'
          ? encodeAttestation('domain', { domain: claim.name })
          : encodeAttestation('ensName', { ensName: claim.name });
      const request = {
        schema,
        data: {
          ...{ recipient: claim.account, expirationTime: 0n, revocable: true, refUID: zeroHash },
          ...{ data: statement, value: 0n }
        }
      };
      const receipt = await carry(
        market,
        encodeFunctionData({ abi: attestationServiceAbi, functionName: 'attest', args: [request] })
      );
      const [log] = parseEventLogs({ abi: attestationServiceAbi, eventName: 'Attested', logs: receipt.logs });
      if (log === undefined) throw new TransactionRevertedError(receipt.transactionHash);
      const uid = bytes32Schema.parse(log.args.uid);
      await keep(transaction, uid, claim, clock());
      logger.info({ ...claim, uid, transaction: receipt.transactionHash }, 'a name was attested');
      return uid;
    });
  }

  /** The uid of the attestation that says the same already. */
  async function standingOf(tables: Database, market: Market, attester: Address, claim: Claim): Promise<Hex | null> {
    const own = await ownAttestations(tables, attester, claim.account);
    const indexed = own.find((row) => {
      const named = identityNameOf(view, row);
      return named?.method === claim.method && named.name === claim.name;
    });
    if (indexed !== undefined) return indexed.id;
    // made a moment ago, and not in the index yet; or revoked a moment ago
    const { account: of, method, name } = claim;
    const made = await tables
      .select({ uid: identityCheck.uid })
      .from(identityCheck)
      .where(and(eq(identityCheck.account, of), eq(identityCheck.method, method), eq(identityCheck.name, name)));
    for (const { uid } of made) if (await stands(market, uid)) return uid;
    return null;
  }

  async function ownAttestations(tables: Database, attester: Address, recipient?: Address) {
    const market = view.schemas();
    const schemas = [market?.domain, market?.ensName].filter((uid) => uid != null);
    if (schemas.length === 0) return [];
    return tables
      .select()
      .from(attestation)
      .where(
        and(attestationFilter(view, { attester, recipient, valid: 'true' }), inArray(attestation.schema, schemas))
      );
  }

  async function carry(market: Market, data: Hex): Promise<TransactionReceipt> {
    if (lane === null || account === null) throw new IdentityBusyError('This market attests nothing.');
    const to = attestationServiceOf(market);
    const call = { account: account.address, to, data, blockTag: 'pending' } as const;
    let receipt: TransactionReceipt;
    try {
      receipt = await lane.carry(market, async () => ({ to, data, gas: await market.publicClient.estimateGas(call) }));
    } catch (error) {
      throw error instanceof TributaryError ? error : translateChainError(error, attestationServiceAbi);
    }
    if (receipt.status === 'reverted') throw new TransactionRevertedError(receipt.transactionHash);
    return receipt;
  }

  async function look(): Promise<number> {
    if (verifier === null || !options.leads() || !(await options.upToDate())) return 0;
    const now = clock();
    const own = view.schemas();
    const schemas = [own?.domain, own?.ensName].filter((uid) => uid != null);
    if (schemas.length === 0) return 0;
    const due = await database
      .select({ attestation, check: identityCheck })
      .from(attestation)
      .leftJoin(identityCheck, eq(identityCheck.uid, attestation.id))
      .where(
        and(
          attestationFilter(view, { attester: verifier, valid: 'true' }),
          inArray(attestation.schema, schemas),
          or(isNull(identityCheck.uid), lte(identityCheck.nextCheck, now))
        )
      )
      .orderBy(asc(identityCheck.nextCheck))
      .limit(looksAtOnce);
    const market = await options.market();
    for (const { attestation: row, check: known } of due) {
      if (stopping.signal.aborted) break;
      const named = identityNameOf(view, row);
      if (named === null || named.method === 'organisation') continue;
      const claim: Claim = { account: row.recipient, method: named.method, name: named.name };
      const steps = await prove(market, claim);
      if (isProved(claim.method, steps)) await keep(database, row.id, claim, now);
      else await doubt(market, row.id, claim, known, steps, now);
    }
    return due.length;
  }

  /** A proof was not found: remembers that, and revokes the attestation when that was so for too long. */
  async function doubt(
    market: Market,
    uid: Hex,
    claim: Claim,
    known: typeof identityCheck.$inferSelect | null,
    steps: readonly IdentityStep[],
    now: number
  ): Promise<void> {
    // nobody can be asked where the chain of ENS was taken out of the configuration
    if (steps.length === 0) return;
    const failures = (known?.failures ?? 0) + 1;
    const failingSince = known?.failingSince ?? now;
    const silent = steps.every(({ outcome }) => outcome === 'unreachable' || outcome === 'proved');
    const grace = options.graceSeconds * 1_000 * (silent ? patienceWithSilence : 1);
    const nextCheck = now + (options.checkSeconds * 1_000) / hurry;
    const row = { ...{ failures, failingSince }, nextCheck: Math.ceil(nextCheck) };
    await database
      .insert(identityCheck)
      .values({ uid, ...claim, heldAt: null, ...row })
      .onConflictDoUpdate({ target: identityCheck.uid, set: row });
    if (failures < leastFailures || now - failingSince < grace) return;
    await inTurn(async () => {
      if (!(await stands(market, uid))) return;
      const { schema } = await readAttestation({ market, uid });
      const receipt = await carry(
        market,
        encodeFunctionData({
          abi: attestationServiceAbi,
          functionName: 'revoke',
          args: [{ schema, data: { uid, value: 0n } }]
        })
      );
      logger.warn(
        { ...claim, uid, failures, transaction: receipt.transactionHash },
        'a name was no longer proved, and its attestation was revoked'
      );
    });
  }

  async function keep(tables: Database, uid: Hex, claim: Claim, now: number): Promise<void> {
    const row = { heldAt: now, nextCheck: now + options.checkSeconds * 1_000, failures: 0, failingSince: null };
    await tables
      .insert(identityCheck)
      .values({ uid, ...claim, ...row })
      .onConflictDoUpdate({ target: identityCheck.uid, set: row });
  }

  async function run(): Promise<void> {
    let failing = false;
    while (!stopping.signal.aborted) {
      try {
        await look();
        failing = false;
      } catch (error) {
        if (!failing) logger.warn({ error }, 'proofs of names cannot be looked at; trying again');
        failing = true;
      }
      await sleep(Math.min(longestInterval, (options.checkSeconds * 1_000) / hurry), undefined, {
        signal: stopping.signal
      }).catch(() => undefined);
    }
  }

  const running = account === null ? Promise.resolve() : run();
  return {
    account: verifier,
    loopbackPort: options.domains.loopbackPort ?? null,
    ens: (chainId) => options.ensRpcUrl(chainId) !== null,
    check,
    look,
    async stop() {
      stopping.abort();
      lane?.stop();
      await running;
      await attesting;
    }
  };
}

/** Whether an attestation is on the chain and was not revoked. */
async function stands(market: Market, uid: Hex): Promise<boolean> {
  try {
    return (await readAttestation({ market, uid })).revokedAt === undefined;
  } catch (error) {
    if (error instanceof TributaryError && error.code === 'attestation-missing') return false;
    throw error;
  }
}

/** A domain is proved in one place, an ENS name in both directions. */
function isProved(method: IdentityMethod, steps: readonly IdentityStep[]): boolean {
  const proved = steps.filter(({ outcome }) => outcome === 'proved').length;
  return method === 'domain' ? proved >= 1 : proved >= 2;
}

/** Where ENS can be asked: at an address of its own, or on the market's chain where that has it. */
export function ensRpcOf(chainId: number, chainUrl: string, ensRpcUrl: string | undefined): string | null {
  return ensRpcUrl ?? (ensChains.has(chainId) ? chainUrl.replace(/^ws/, 'http') : null);
}
