import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { encodeFunctionData, parseAbi, type Abi } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import * as z from 'zod';
import { hexSchema, type Address, type Hex } from '#sdk/protocol/primitives';
import type { Session } from './session.ts';

const proxyAbi = parseAbi(['constructor(address implementation, bytes data) payable']);
const transparentProxyAbi = parseAbi(['constructor(address logic, address initialOwner, bytes data) payable']);

interface Implementation {
  readonly bytecode: Hex;
  readonly constructorCall?: { readonly abi: Abi; readonly args: readonly unknown[] };
  /** Called through the proxy as it is made. */
  readonly initialize: { readonly abi: Abi; readonly functionName: string; readonly args: readonly unknown[] };
}

/**
 * Deploys an implementation and a proxy in front of it that is initialised in the same transaction. The proxies are
 * those of OpenZeppelin 5, ERC1967Proxy unless the system has a TransparentUpgradeableProxy. The peers' own ones are of
 * OpenZeppelin 4: as dear or dearer (the transparent one reads its admin from storage), so this favours the peers.
 */
export async function deployBehindProxy(
  session: Session,
  from: PrivateKeyAccount,
  { bytecode, constructorCall, initialize }: Implementation,
  kind: 'ERC1967Proxy' | 'TransparentUpgradeableProxy' = 'ERC1967Proxy'
): Promise<Address> {
  const implementation = await session.deploy(from, bytecode, constructorCall);
  const data = encodeFunctionData<Abi, string>({
    abi: initialize.abi,
    functionName: initialize.functionName,
    args: [...initialize.args]
  });
  const code = proxyBytecode(kind);
  return kind === 'ERC1967Proxy'
    ? session.deploy(from, code, { abi: proxyAbi, args: [implementation, data] })
    : session.deploy(from, code, { abi: transparentProxyAbi, args: [implementation, from.address, data] });
}

/** Creation code from the artifacts that the installed OpenZeppelin package carries. */
function proxyBytecode(name: string): Hex {
  const file = createRequire(import.meta.url).resolve(`@openzeppelin/contracts/build/contracts/${name}.json`);
  return z.object({ bytecode: hexSchema }).parse(JSON.parse(readFileSync(file, 'utf8'))).bytecode;
}
