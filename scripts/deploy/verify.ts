import { toHex, type Abi, type Address, type Hex, type PublicClient } from 'viem';
import type { CreatedContract } from './create-contract.ts';
import { DeploymentUnverifiedError } from './errors.ts';

/** Getters without arguments, by their name, and what they must answer. */
export interface ExpectedValues {
  readonly name: string;
  readonly address: Address;
  readonly abi: Abi;
  readonly values: Readonly<Record<string, unknown>>;
}

/** One call with arguments, and what it must answer. */
export interface ExpectedAnswer {
  readonly name: string;
  readonly address: Address;
  readonly abi: Abi;
  readonly call: string;
  readonly args: readonly unknown[];
  readonly value: unknown;
}

/**
 * Compares a contract's code with what its creation code makes: the chain runs the creation again, by the same account
 * with the same number in the state before the block of the deployment and at the same time, so that constants which
 * the constructor computes (its own address, the time, contracts that it creates) come out the same. Other creations of
 * the same block are not in that state: a constructor that asked another contract of the block would be refused here,
 * never passed by mistake.
 *
 * @throws DeploymentUnverifiedError
 */
export async function verifyCode(reader: PublicClient, deployer: Address, contract: CreatedContract): Promise<void> {
  const { name, address, creation, nonce, block } = contract;
  const [{ timestamp }, code] = await Promise.all([
    reader.getBlock({ blockNumber: block }),
    reader.getCode({ address })
  ]);
  if (code === undefined) throw new DeploymentUnverifiedError(`${name}: no code at ${address}; deploy again.`);
  const request = reader.request as (call: { method: string; params: unknown[] }) => Promise<Hex>;
  const made = await request({
    method: 'eth_call',
    params: [
      { from: deployer, data: creation },
      toHex(block - 1n),
      { [deployer]: { nonce: toHex(nonce) } },
      { number: toHex(block), time: toHex(timestamp) }
    ]
  });
  if (made !== code) {
    throw new DeploymentUnverifiedError(
      `${name}: the code at ${address} is not what its creation code makes. Deploy again, to a chain you trust.`
    );
  }
}

/**
 * Reads every value that a constructor was given back.
 *
 * @throws DeploymentUnverifiedError naming the first one that is another.
 */
export async function verifyValues(
  reader: PublicClient,
  expectations: readonly (ExpectedValues | ExpectedAnswer)[]
): Promise<void> {
  const calls = expectations.flatMap((expectation) =>
    'call' in expectation
      ? [expectation]
      : Object.entries(expectation.values).map(([call, value]): ExpectedAnswer => ({
          ...expectation,
          call,
          args: [],
          value
        }))
  );
  const answers: unknown[] = await Promise.all(
    calls.map(({ address, abi, call, args }) => reader.readContract({ address, abi, functionName: call, args }))
  );
  for (const [place, { name, call, value }] of calls.entries()) {
    if (comparable(answers[place]) !== comparable(value)) {
      throw new DeploymentUnverifiedError(
        `${name}.${call} answers ${comparable(answers[place])} instead of ${comparable(value)}; deploy again.`
      );
    }
  }
}

const comparable = (value: unknown): string => String(value).toLowerCase();
