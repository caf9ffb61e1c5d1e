import type { Address } from '#sdk/protocol/primitives';

/**
 * Chain id -> the ENS registry there. It has the same address on Ethereum and its test networks; other chains have
 * none. Source: ENS documentation, "Deployments" (docs.ens.domains/learn/deployments).
 */
export const ensRegistries: ReadonlyMap<number, Address> = new Map([
  [1, '0x00000000000c2e074ec69a0dfb2997ba6c7d2e1e'],
  [11_155_111, '0x00000000000c2e074ec69a0dfb2997ba6c7d2e1e'],
  [17_000, '0x00000000000c2e074ec69a0dfb2997ba6c7d2e1e']
]);
