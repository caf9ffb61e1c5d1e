import type { Address, Hex } from './primitives.ts';

/** Version of the event protocol. */
export const eventVersion = 1;

/** How the content is protected: not at all, or AES-256-GCM under a key derived from the slot key. */
export type EncryptionType = 'none' | 'aes-256-gcm';

/**
 * An event (whitepaper 2.4.1): what a publisher says at one moment on one partition of a stream. The signature covers
 * every other field in the canonical encoding.
 */
export interface StreamEvent {
  readonly version: typeof eventVersion;
  /** The stream's contract. */
  readonly stream: Address;
  /** 0 to partitions - 1. */
  readonly partition: number;
  /** Unix time in milliseconds, by the publisher's clock. */
  readonly timestamp: number;
  /** Orders events of one origin within one millisecond. */
  readonly sequence: number;
  /** Media type of the content before encryption, such as "application/json". */
  readonly contentType: string;
  readonly encryptionType: EncryptionType;
  /** Era of the stream's keys; 0 for unencrypted events. */
  readonly era: number;
  /** Slot whose key protects the content; contains the timestamp; 0 for unencrypted events. */
  readonly slot: number;
  /** Plain bytes, or 12 bytes of nonce followed by the ciphertext with its 16-byte tag. */
  readonly content: Uint8Array;
  /** How to read the origin: "address" is an account of the chain. */
  readonly originType: string;
  /** Who published. */
  readonly origin: Hex;
  /** Names the verifier in the table of signature verifiers, such as "secp256k1". */
  readonly signatureType: string;
  readonly signature: Uint8Array;
}

/** An event as the broker's log holds it. */
export interface StoredEvent {
  /** Place in the log of the event's partition, from 0, without gaps. */
  readonly offset: number;
  readonly event: StreamEvent;
}

/** Bounds that every participant enforces. */
export const eventLimits = {
  /** Bytes of content. */
  content: 256 * 1024,
  /** Bytes of the content type. */
  contentType: 128,
  /** Bytes of the signature. */
  signature: 16 * 1024,
  /** Milliseconds that a timestamp may lie ahead of the broker's clock. */
  ahead: 30_000,
  /** Milliseconds that a timestamp may lie behind the broker's clock. */
  behind: 24 * 60 * 60 * 1000
} as const;
