import { concatHex, encodePacked, keccak256, numberToHex, sha256, size, stringToBytes } from 'viem';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { Measurement } from './actions.ts';
import { hour, pricePerSecond, type Parties } from './parties.ts';
import type { Session } from './session.ts';

/*
 * The opcode floor: what any market on this chain pays for a purchase, whatever its language and its compiler. The
 * bytecode below is assembled by hand and does nothing but the necessary:
 *
 *   1. one transferFrom of the same token, and only a look at whether it succeeded;
 *   2. one store, the licence: keccak256(offer id, licensee) -> its end;
 *   3. one event: offer id and licensee as topics; end, amount and (with key) the key as data.
 *
 * It checks neither price nor period nor whether the offer is for sale, has no function selector, and takes packed
 * calldata: offer id 32 bytes | beneficiary 20 | amount 12 | end 5 | key 32. Nobody could run it as a market; whatever a
 * market does for its parties comes on top. `held` is the same with the money held by the contract itself and one slot
 * of account per end, which is the least that releasing by the second takes when many licences share their end.
 */
const opcodes = {
  STOP: 0x00,
  ADD: 0x01,
  ISZERO: 0x15,
  SHR: 0x1c,
  KECCAK256: 0x20,
  ADDRESS: 0x30,
  CALLER: 0x33,
  CALLDATALOAD: 0x35,
  MLOAD: 0x51,
  MSTORE: 0x52,
  SLOAD: 0x54,
  SSTORE: 0x55,
  JUMPI: 0x57,
  GAS: 0x5a,
  JUMPDEST: 0x5b,
  PUSH0: 0x5f,
  DUP1: 0x80,
  SWAP1: 0x90,
  LOG3: 0xa3,
  CALL: 0xf1,
  REVERT: 0xfd
} as const;

type Step = keyof typeof opcodes | Hex;

/** Mnemonics become their byte; a literal becomes the PUSH of its length. */
function assemble(steps: readonly Step[]): Hex {
  return concatHex(
    steps.map((step) =>
      step in opcodes
        ? numberToHex(opcodes[step as keyof typeof opcodes], { size: 1 })
        : concatHex([numberToHex(0x5f + size(step as Hex), { size: 1 }), step as Hex])
    )
  );
}

const purchased = keccak256(stringToBytes('Purchased(bytes32,address,uint256,uint256,bytes32)'));
const failure = 'failure';

/** The floor's runtime code for a token. */
function floorCode(token: Address, { key, held }: { key: boolean; held: boolean }): Hex {
  const word = (offset: number, shift: number): Step[] => [
    numberToHex(offset, { size: 1 }),
    'CALLDATALOAD',
    numberToHex(shift, { size: 1 }),
    'SHR'
  ];
  const until = word(0x40, 216);
  const steps: (Step | typeof failure)[] = [
    // memory 0x1c: transferFrom(caller, beneficiary or this, amount), 100 bytes
    ...(['0x23b872dd', 'PUSH0', 'MSTORE'] as const),
    ...(['CALLER', '0x20', 'MSTORE'] as const),
    ...(held ? (['ADDRESS'] as const) : word(0x20, 96)),
    ...(['0x40', 'MSTORE'] as const),
    ...word(0x34, 160),
    ...(['0x60', 'MSTORE'] as const),
    // call(gas, token, no ether, 0x1c, 100, 0, 32): the stack takes them from the last to the first
    ...(['0x20', 'PUSH0', '0x64', '0x1c', 'PUSH0', token, 'GAS', 'CALL'] as const),
    ...(['ISZERO', failure, 'JUMPI'] as const),
    // storage[keccak256(offer id, caller)] = end; the caller still stands at 0x20
    ...(['PUSH0', 'CALLDATALOAD', 'PUSH0', 'MSTORE'] as const),
    ...until,
    ...(['0x40', 'PUSH0', 'KECCAK256', 'SSTORE'] as const),
    // storage[end] += 1, the account of all licences with this end
    ...(held ? ([...until, 'DUP1', 'SLOAD', '0x01', 'ADD', 'SWAP1', 'SSTORE'] as const) : []),
    // memory 0x40: end, amount (stands at 0x60 already), key
    ...until,
    ...(['0x40', 'MSTORE'] as const),
    ...(key ? (['0x45', 'CALLDATALOAD', '0x80', 'MSTORE'] as const) : []),
    ...(['CALLER', 'PUSH0', 'CALLDATALOAD', purchased, key ? '0x60' : '0x40', '0x40', 'LOG3', 'STOP'] as const)
  ];
  const assembled = (destination: Hex) => assemble(steps.map((step) => (step === failure ? destination : step)));
  return concatHex([
    assembled(numberToHex(size(assembled('0x00')), { size: 1 })),
    assemble(['JUMPDEST', 'PUSH0', 'PUSH0', 'REVERT'])
  ]);
}

/** Creation code that returns the runtime code, which stands behind these ten bytes. */
function creationCode(runtime: Hex): Hex {
  // PUSH2 length, DUP1, PUSH1 10, PUSH0, CODECOPY, PUSH0, RETURN
  return concatHex(['0x61', numberToHex(size(runtime), { size: 2 }), '0x80600a5f395ff3', runtime]);
}

/** Measures every variant of the floor. */
export async function measureFloor(session: Session, parties: Parties): Promise<Measurement[]> {
  const { buyer, token, approve } = parties;
  const offer = sha256(stringToBytes('offer'));
  const other = sha256(stringToBytes('another offer'));
  const amount = pricePerSecond * BigInt(2 * hour);
  const until = (await session.now()) + 2 * hour;
  const purchase = async (market: Address, id: Hex, end: number, withKey: boolean) => {
    const packed = encodePacked(
      ['bytes32', 'address', 'uint96', 'uint40', 'bytes'],
      [id, parties.seller.address, amount, end, withKey ? sha256(stringToBytes('key')) : '0x']
    );
    return (await session.transact(buyer, market, packed)).gasUsed;
  };
  const open = async (key: boolean, held: boolean) => {
    const market = await session.deploy(buyer, creationCode(floorCode(token, { key, held })));
    await approve(market);
    await parties.fund(market);
    return market;
  };
  const plain = await open(true, false);
  const first = await purchase(plain, offer, until, true);
  const renewal = await purchase(plain, offer, until + hour, true);
  const withoutKey = await open(false, false);
  const firstBare = await purchase(withoutKey, offer, until, false);
  const renewalBare = await purchase(withoutKey, offer, until + hour, false);
  const held = await open(true, true);
  const heldFirst = await purchase(held, other, until, true);
  const heldJoin = await purchase(held, offer, until, true);

  const row = (action: Measurement['action'], gas: bigint): Measurement => ({ system: 'floor', action, gas });
  return [
    row('buy-first', first),
    row('buy-5', first),
    row('buy-64', first),
    row('buy-renewal', renewal),
    row('buy-key', first - firstBare),
    row('buy-bare', firstBare),
    row('buy-5-bare', firstBare),
    row('buy-renewal-bare', renewalBare),
    row('seconds-first', heldFirst),
    row('seconds-join', heldJoin)
  ];
}
