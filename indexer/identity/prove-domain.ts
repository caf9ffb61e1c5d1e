import { Resolver } from 'node:dns/promises';
import {
  chainAccountOf,
  dnsRecordName,
  dnsRecordValue,
  wellKnownPath,
  wellKnownSchema,
  type IdentityStep
} from '#sdk/protocol/identity';
import type { Address } from '#sdk/protocol/primitives';
import { fetchPublicText, PublicFetchError } from '../http/public-request.ts';

export interface DomainProofOptions {
  /** Addresses of name servers, host:port; those of the system where there are none. */
  readonly nameServers: readonly string[];
  readonly loopbackPort?: number | undefined;
}

/** Bytes of the file. */
const fileLimit = 64 * 1024;
/** Letters of what was found that are told. */
const shown = 300;

/**
 * Looks whether a domain names an account, in its file under /.well-known and in DNS; either is enough.
 *
 * @returns Two steps; never throws for what others do.
 */
export function proveDomain(
  claim: { readonly chainId: number; readonly account: Address; readonly domain: string },
  options: DomainProofOptions
): Promise<IdentityStep[]> {
  return Promise.all([lookAtFile(claim, options), lookAtRecord(claim, options)]);
}

type Claim = Parameters<typeof proveDomain>[0];

async function lookAtFile({ chainId, account, domain }: Claim, options: DomainProofOptions): Promise<IdentityStep> {
  const lookedUp = `https://${domain}${wellKnownPath}`;
  const wanted = chainAccountOf(chainId, account);
  const advice = `Serve ${JSON.stringify({ accounts: [wanted] })} there, without a redirect.`;
  let text: string;
  try {
    text = await fetchPublicText(domain, wellKnownPath, { limit: fileLimit, loopbackPort: options.loopbackPort });
  } catch (error) {
    if (!(error instanceof PublicFetchError)) throw error;
    return { lookedUp, outcome: error.answered ? 'absent' : 'unreachable', found: excerpt(error.message), advice };
  }
  const accounts = accountsOf(text);
  if (accounts === null) return { lookedUp, outcome: 'contradicted', found: excerpt(text), advice };
  if (accounts.includes(wanted)) return { lookedUp, outcome: 'proved', found: wanted, advice: null };
  return { lookedUp, outcome: 'contradicted', found: excerpt(accounts.join(', ')), advice };
}

/** The accounts that a file names, in lowercase; null for a file that is none of ours. */
function accountsOf(text: string): string[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = wellKnownSchema.safeParse(value);
  return parsed.success ? parsed.data.accounts.map((account) => account.trim().toLowerCase()) : null;
}

/** What a name server says where there is no such record. */
const noRecord = new Set(['ENOTFOUND', 'ENODATA']);

async function lookAtRecord({ chainId, account, domain }: Claim, options: DomainProofOptions): Promise<IdentityStep> {
  const name = dnsRecordName(domain);
  const lookedUp = `TXT ${name}`;
  const wanted = dnsRecordValue(chainId, account);
  const advice = `Add a TXT record named ${name} that says ${wanted}. It can take a while until it is seen everywhere.`;
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (options.nameServers.length > 0) resolver.setServers(options.nameServers);
  let records: string[];
  try {
    records = (await resolver.resolveTxt(name)).map((parts) => parts.join(''));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const absent = noRecord.has(code);
    return { lookedUp, outcome: absent ? 'absent' : 'unreachable', found: absent ? null : code, advice };
  }
  if (records.some((record) => record.trim().toLowerCase() === wanted)) {
    return { lookedUp, outcome: 'proved', found: wanted, advice: null };
  }
  return { lookedUp, outcome: 'contradicted', found: excerpt(records.join(', ')), advice };
}

/** A short piece of what a stranger wrote, as one line of text that can be shown. */
function excerpt(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return line.length > shown ? `${line.slice(0, shown)}…` : line;
}
