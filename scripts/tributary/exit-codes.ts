import { TributaryError } from '#sdk/protocol/problem';
import { UsageError } from './terminal/words.ts';

/** What a run ended with, for programs. */
export const exitCodes = {
  done: 0,
  /** Refused: by the market, a contract, or this program. */
  refused: 1,
  /** The command was not understood. */
  usage: 2,
  /** Market, chain or broker did not answer: trying again makes sense. */
  unreachable: 3,
  /** Not enough DATAcoin or ether, or more than the spending limit. */
  payment: 4,
  /** Keystore, passphrase or permission. */
  forbidden: 5,
  /** There is no such thing, or no longer. */
  missing: 6,
  /** Ended by Ctrl-C. */
  interrupted: 130
} as const;

/** In words, for --help. */
export const exitCodeHelp = `Exit codes:
  0  done
  1  refused: by the market, a contract, or this program
  2  the command was not understood
  3  market, chain or broker did not answer: trying again makes sense
  4  not enough DATAcoin or ether, or more than a spending limit
  5  keystore, passphrase or permission
  6  there is no such thing, or no longer
  130  ended by Ctrl-C`;

/** The exit code that fits an error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  if (!(error instanceof TributaryError)) return exitCodes.refused;
  const { status } = error;
  if (status === 402) return exitCodes.payment;
  if (status === 401 || status === 403) return exitCodes.forbidden;
  if (status === 404 || status === 410) return exitCodes.missing;
  if (status === 429 || status >= 500) return exitCodes.unreachable;
  return exitCodes.refused;
}
