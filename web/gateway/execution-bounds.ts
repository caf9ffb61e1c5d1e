/** Gas of one simulated call: more than any block of a common chain holds, little enough to run in a moment. */
export const mostGas = 50_000_000n;

/** Methods that run code, whose first parameter is a transaction with the gas that it may burn. */
const running = new Set(['eth_call', 'eth_createAccessList', 'eth_estimateGas']);

/**
 * Bounds the work of a call that makes the node run code: nodes differ in whether they bound it themselves, and one
 * endless loop would keep the chain from making blocks. The gas is lowered to {@link mostGas}; overrides of the block,
 * which could raise it again, are left out (overrides of the state are kept).
 *
 * @param parameters Positional parameters of the JSON-RPC call.
 */
export function boundExecution(method: string, parameters: readonly unknown[]): readonly unknown[] {
  if (!running.has(method)) return parameters;
  const [transaction, ...rest] = parameters.slice(0, 3);
  if (typeof transaction !== 'object' || transaction === null || !('gas' in transaction)) return parameters.slice(0, 3);
  return [{ ...transaction, gas: lowered(transaction.gas) }, ...rest];
}

function lowered(gas: unknown): unknown {
  const limit = `0x${mostGas.toString(16)}`;
  if (typeof gas === 'number') return gas <= Number(mostGas) ? gas : limit;
  if (typeof gas !== 'string') return gas === null ? null : limit;
  try {
    return BigInt(gas) <= mostGas ? gas : limit;
  } catch {
    // What is no number here may be one to the node.
    return limit;
  }
}
