import type { MarketContext } from './market-context.ts';

/** Address under which people reach the market, without a slash at its end. */
export const originOf = ({ configuration }: MarketContext): string => configuration.PUBLIC_URL.replace(/\/+$/, '');
