/**
 * What browsers and Node both have and the sdk uses; neither the DOM library nor Node's types are loaded here, so that
 * nothing that only one of them has slips in. Rooms that compile the sdk's sources bring their platform's own types.
 */

declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: Uint8Array | ArrayBuffer): string;
}

declare function atob(base64: string): string;
declare function btoa(binary: string): string;

declare const crypto: {
  getRandomValues<T extends ArrayBufferView<ArrayBuffer>>(array: T): T;
  randomUUID(): `${string}-${string}-${string}-${string}-${string}`;
  /** RSA for certificates of devices, HMAC for webhooks; all else is done by libraries. */
  readonly subtle: {
    importKey(
      format: 'raw',
      key: Uint8Array<ArrayBuffer>,
      algorithm: { name: 'HMAC'; hash: string },
      extractable: boolean,
      usages: ('sign' | 'verify')[]
    ): Promise<CryptoKey>;
    sign(algorithm: 'HMAC', key: CryptoKey, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
    verify(
      algorithm: 'HMAC',
      key: CryptoKey,
      signature: Uint8Array<ArrayBuffer>,
      data: Uint8Array<ArrayBuffer>
    ): Promise<boolean>;
    importKey(
      format: 'spki',
      key: Uint8Array<ArrayBuffer>,
      algorithm: { name: string; hash: string },
      extractable: boolean,
      usages: 'verify'[]
    ): Promise<CryptoKey>;
    verify(
      algorithm: { name: string; saltLength: number },
      key: CryptoKey,
      signature: Uint8Array<ArrayBuffer>,
      data: Uint8Array<ArrayBuffer>
    ): Promise<boolean>;
  };
};

/** A handle; keys are made and used by libraries over WebCrypto. */
interface CryptoKey {
  readonly type: 'private' | 'public' | 'secret';
  readonly extractable: boolean;
  readonly algorithm: { readonly name: string };
}

interface CryptoKeyPair {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** Browsers have numbers here and Node objects: only good for ending the timer. */
interface TimerHandle {
  readonly timer: never;
}
declare function setTimeout(callback: () => void, milliseconds?: number): TimerHandle;
declare function clearTimeout(timer: TimerHandle | undefined): void;
declare function setInterval(callback: () => void, milliseconds?: number): TimerHandle;
declare function clearInterval(timer: TimerHandle | undefined): void;
declare function queueMicrotask(callback: () => void): void;

declare class Event {
  readonly type: string;
}

declare class EventTarget {
  addEventListener(type: string, listener: (event: never) => void, options?: { once?: boolean }): void;
  removeEventListener(type: string, listener: (event: never) => void): void;
}

declare class AbortSignal extends EventTarget {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  static timeout(milliseconds: number): AbortSignal;
  static any(signals: readonly AbortSignal[]): AbortSignal;
}

declare class AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

declare class URLSearchParams {
  constructor(init?: string | Record<string, string>);
  append(name: string, value: string): void;
  get(name: string): string | null;
  set(name: string, value: string): void;
  toString(): string;
}

declare class URL {
  constructor(url: string, base?: string | URL);
  readonly searchParams: URLSearchParams;
  readonly origin: string;
  readonly host: string;
  href: string;
  protocol: string;
  pathname: string;
  search: string;
  toString(): string;
}

declare class Headers {
  constructor(init?: Record<string, string>);
  get(name: string): string | null;
  has(name: string): boolean;
}

interface ReadableStreamDefaultReader<T> {
  read(): Promise<{ done: false; value: T } | { done: true; value?: undefined }>;
  cancel(reason?: unknown): Promise<void>;
  releaseLock(): void;
}

interface ReadableStream<T> {
  getReader(): ReadableStreamDefaultReader<T>;
  cancel(reason?: unknown): Promise<void>;
}

interface Response {
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  arrayBuffer(): Promise<ArrayBuffer>;
  json(): Promise<unknown>;
  text(): Promise<string>;
}

interface RequestInit {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer> | ArrayBuffer | null;
  signal?: AbortSignal | null;
  redirect?: 'follow' | 'error' | 'manual';
}

declare function fetch(address: string | URL, init?: RequestInit): Promise<Response>;

interface MessageEvent<T = unknown> extends Event {
  readonly data: T;
}

interface CloseEvent extends Event {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

declare class WebSocket extends EventTarget {
  static readonly CONNECTING: 0;
  static readonly OPEN: 1;
  static readonly CLOSING: 2;
  static readonly CLOSED: 3;
  constructor(address: string | URL, protocols?: string | string[]);
  binaryType: 'arraybuffer' | 'blob';
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: Event) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(data: string | Uint8Array<ArrayBuffer> | ArrayBuffer): void;
  close(code?: number, reason?: string): void;
}
