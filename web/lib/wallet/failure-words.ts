import { formatDecimal } from '#sdk/actions/format-decimal';
import { m } from '../generated/messages/messages.js';
import { getLocale } from '../generated/messages/runtime.js';
import type { Explanation } from './explain.ts';

/** What an error of the sdk carries beside its sentence; which fields it has depends on its code. */
type Failure = Error & Readonly<Record<string, unknown>>;

interface Words {
  readonly title: (failure: Failure) => string;
  /** What it means and what to do; the error's own sentence, in English, unless given. */
  readonly detail?: (failure: Failure) => string;
}

/** Wei with every digit, as the page's language writes it. Not by the pages' formats: they would be split in two, to load with the sdk too. */
function amount(wei: unknown): string {
  if (typeof wei !== 'bigint') return String(wei);
  const mark = new Intl.NumberFormat(getLocale()).formatToParts(0.5).find(({ type }) => type === 'decimal');
  return formatDecimal(wei, 18).replace('.', mark?.value ?? '.');
}

const words: Readonly<Record<string, Words>> = {
  'signature-rejected': { title: m.failures_rejected, detail: m.failures_rejected_means },
  'insufficient-datacoin': {
    title: m.failures_datacoin,
    detail: ({ balance, price }) => m.failures_datacoin_means({ balance: amount(balance), price: amount(price) })
  },
  'insufficient-ether': {
    title: m.failures_ether,
    detail: ({ balance, needed }) => m.failures_ether_means({ balance: amount(balance), needed: amount(needed) })
  },
  'wrong-chain': {
    title: m.failures_wrong_chain,
    detail: ({ chainId, expected }) =>
      m.failures_wrong_chain_means({ chain: String(chainId), expected: String(expected) })
  },
  'offer-retired': { title: m.failures_retired, detail: m.failures_retired_means },
  'contract-refused': { title: m.failures_refused },
  'transaction-reverted': {
    title: m.failures_reverted,
    detail: ({ hash }) => m.failures_reverted_means({ hash: String(hash) })
  },
  'transaction-not-confirmed': {
    title: m.failures_unconfirmed,
    detail: ({ hash }) => m.failures_unconfirmed_means({ hash: String(hash) })
  },
  'transaction-replaced': {
    title: ({ cancelled }) => (cancelled === true ? m.failures_cancelled() : m.failures_replaced()),
    detail: ({ hash, replacement, cancelled }) => {
      if (cancelled === true) return m.failures_cancelled_means({ hash: String(hash) });
      return typeof replacement === 'string'
        ? m.failures_replaced_means({ hash: String(hash), replacement })
        : m.failures_replaced_unknown({ hash: String(hash) });
    }
  },
  'transaction-dropped': {
    title: m.failures_dropped,
    detail: ({ hash }) => m.failures_dropped_means({ hash: String(hash) })
  },
  'chain-unreachable': { title: m.failures_chain_away, detail: m.failures_chain_away_means },
  'wallet-failed': { title: m.failures_wallet },
  'market-refused': { title: m.failures_market_refused },
  'market-unreachable': {
    title: m.failures_market_away,
    detail: ({ url }) => m.failures_market_away_means({ url: String(url) })
  },
  'answer-invalid': { title: m.failures_answer },
  'session-ended': { title: m.failures_session },
  'foreign-domain': { title: m.failures_foreign },
  'document-too-large': { title: m.failures_document_large },
  'document-mismatch': { title: m.failures_document_mismatch },
  'document-missing': { title: m.failures_document_missing },
  'document-invalid': { title: m.failures_document_invalid },
  'log-missing': { title: m.failures_log_missing },
  'offer-invalid': { title: m.failures_offer_invalid },
  'content-undecryptable': { title: m.failures_undecryptable },
  'grant-unopenable': { title: m.failures_grant_unopenable },
  // Refusals of the market, by the last part of their problem type.
  'names-unavailable': { title: m.failures_names_unavailable, detail: m.failures_names_unavailable_means },
  'name-unknown': { title: m.failures_name_unknown },
  'names-away': { title: m.failures_names_away }
};

function codeOf({ code, problem }: Failure): string {
  const type = typeof problem === 'object' && problem !== null && 'type' in problem ? String(problem.type) : '';
  const refusal = type.slice(type.lastIndexOf('/') + 1);
  return code === 'market-refused' && Object.hasOwn(words, refusal) ? refusal : String(code);
}

/** A failure of the sdk in the page's language; undefined for one that has no words here and speaks for itself. */
export function failureWords(failure: Error): Explanation | undefined {
  const known = failure as Failure;
  const code = codeOf(known);
  const found = Object.hasOwn(words, code) ? words[code] : undefined;
  return found && { title: found.title(known), detail: found.detail?.(known) ?? failure.message };
}
