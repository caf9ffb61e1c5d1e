import type { MarketContext } from './lib/server/market-context.ts';

declare global {
  namespace App {
    interface Locals {
      market: MarketContext;
    }
    interface Error {
      message: string;
      /** What the person can do. */
      advice?: string;
    }
    interface Platform {
      req: import('node:http').IncomingMessage;
    }
  }
}
