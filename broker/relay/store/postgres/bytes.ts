import type { Hex } from '#sdk/protocol/primitives';

/** Bytes of a hexadecimal string with 0x. */
export const bufferOf = (hex: Hex): Buffer => Buffer.from(hex.slice(2), 'hex');
