/**
 * What the actions need of fetch and WebSocket, as browsers and Node have them. Stated here so that the sdk needs the
 * types of neither platform.
 */
export interface FetchAnswer {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: { getReader(): ByteReader } | null;
}

interface ByteReader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(reason?: unknown): Promise<void>;
}

export interface FetchRequest {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
  readonly signal?: unknown;
}

export type Fetch = (url: string, request?: FetchRequest) => Promise<FetchAnswer>;

export interface WebSocketConnection {
  binaryType: string;
  readonly bufferedAmount: number;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (message: { data: unknown }) => void): void;
}

export type WebSocketConstructor = new (url: string) => WebSocketConnection;

const platform = globalThis as unknown as { fetch?: Fetch; WebSocket?: WebSocketConstructor };

/** The platform's own fetch. */
export const platformFetch: Fetch = (url, request) => {
  if (platform.fetch === undefined) throw new TypeError('This platform has no fetch.');
  return platform.fetch(url, request);
};

/** The platform's own WebSocket; undefined in Node before 22. */
export const platformWebSocket = (): WebSocketConstructor | undefined => platform.WebSocket;
