import type { Abi } from 'viem';
import {
  BaseError,
  HttpRequestError,
  SocketClosedError,
  TimeoutError,
  UserRejectedRequestError,
  WebSocketRequestError,
  decodeErrorResult,
  isHex
} from 'viem';
import { TributaryError } from '../protocol/problem.ts';
import {
  ChainUnreachableError,
  ContractRefusedError,
  SignatureRejectedError,
  WalletFailedError
} from './chain-errors.ts';

/**
 * Puts what viem, a wallet or a node threw into words.
 *
 * @param abi Names the errors of the contract that was called.
 */
export function translateChainError(error: unknown, abi: Abi): TributaryError {
  if (error instanceof TributaryError) return error;
  if (isRejection(error)) return new SignatureRejectedError(error);
  if (!(error instanceof BaseError)) return new WalletFailedError(wordsOf(error), error);
  if (error.walk(isUnreachable) !== null) return new ChainUnreachableError(error);
  const data = revertData(error);
  if (data !== undefined) return refusalOf(data, abi, error);
  if (/revert/i.test(error.message)) return new ContractRefusedError(undefined, [], error);
  return new WalletFailedError(error.details || error.shortMessage, error);
}

/** EIP-1193 code 4001, however deep it is wrapped. */
function isRejection(error: unknown): boolean {
  let current: unknown = error;
  for (let depth = 0; depth < 10 && typeof current === 'object' && current !== null; depth++) {
    if (current instanceof UserRejectedRequestError) return true;
    if ('code' in current && (current.code === 4001 || current.code === 'ACTION_REJECTED')) return true;
    current = 'cause' in current ? current.cause : undefined;
  }
  return false;
}

const isUnreachable = (cause: unknown) =>
  cause instanceof TimeoutError ||
  cause instanceof SocketClosedError ||
  cause instanceof WebSocketRequestError ||
  // A node that refuses a call answers with a status too; only silence counts as unreachable.
  (cause instanceof HttpRequestError && (cause.status === undefined || cause.status >= 502));

/** The bytes that the contract reverted with; nodes put them at different depths. */
function revertData(error: BaseError): `0x${string}` | undefined {
  let current: unknown = error;
  for (let depth = 0; depth < 12 && typeof current === 'object' && current !== null; depth++) {
    if ('data' in current) {
      const { data } = current;
      if (isHex(data) && data.length >= 10) return data;
      if (typeof data === 'object' && data !== null && 'data' in data && isHex(data.data)) return data.data;
    }
    current = 'cause' in current ? current.cause : undefined;
  }
  return undefined;
}

function refusalOf(data: `0x${string}`, abi: Abi, cause: unknown): ContractRefusedError {
  try {
    const { errorName, args } = decodeErrorResult({ abi, data });
    return new ContractRefusedError(errorName, Array.isArray(args) ? args : [], cause);
  } catch {
    // An error that the ABI does not name, of a contract further down.
    return new ContractRefusedError(data.slice(0, 10), [], cause);
  }
}

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
