import { exchangeTrades } from '../feeds/exchange-trades.ts';
import { playback } from '../feeds/playback.ts';
import { numberOf, readTable } from '../feeds/recording.ts';
import { hour, minute } from './source.ts';
import type { SellerSource } from './source.ts';
import { termsOf, usualRights } from './terms.ts';

const seller = 'Meridian Market Tape';
const promise = 'Prices are passed on as they were recorded. Nothing here is advice to buy or to sell anything.';

const companies: Readonly<Record<string, string>> = {
  MSFT: 'Microsoft',
  AMZN: 'Amazon',
  IBM: 'IBM',
  GOOG: 'Google',
  AAPL: 'Apple'
};

/** Finance: an index and five shares played back, and an exchange's trades as they happen. */
export function marketTape(timeout: number, exchangeUrl: string): SellerSource {
  return {
    account: 4,
    name: seller,
    streams: [
      {
        key: 'sp500-daily',
        name: 'S&P 500 day by day, played back',
        description: 'Open, high, low, close and volume of the S&P 500 on every trading day from 2000 to 2020.',
        fields: [
          { name: 'open', description: 'First value of the day', unit: 'points' },
          { name: 'high', description: 'Highest value', unit: 'points' },
          { name: 'low', description: 'Lowest value', unit: 'points' },
          { name: 'close', description: 'Last value', unit: 'points' },
          { name: 'volume', description: 'Shares traded' },
          { name: 'day', description: 'Trading day' }
        ],
        feed: playback(1, () =>
          readTable('sp500-2000.csv').map((row) => ({
            open: numberOf(row.open),
            high: numberOf(row.high),
            low: numberOf(row.low),
            close: numberOf(row.close),
            volume: numberOf(row.volume),
            day: row.date
          }))
        )
      },
      {
        key: 'technology-shares',
        name: 'Five technology shares, played back',
        description: 'Monthly prices of Microsoft, Amazon, IBM, Google and Apple from 2000 to 2010.',
        fields: [
          { name: 'symbol', description: 'Ticker symbol' },
          { name: 'company', description: 'Name of the company' },
          { name: 'price', description: 'Price at the first of the month', unit: 'USD' },
          { name: 'month', description: 'Month of the price' }
        ],
        feed: playback(2, () =>
          readTable('stocks.csv')
            .map((row) => ({
              symbol: row.symbol,
              company: companies[row.symbol ?? ''] ?? row.symbol,
              price: numberOf(row.price),
              month: monthOf(row.date ?? '')
            }))
            .toSorted((a, b) => a.month.localeCompare(b.month))
        )
      },
      {
        key: 'exchange-trades',
        name: 'Trades in Bitcoin and Ether',
        description: 'Public trades of a crypto exchange in BTC-USD and ETH-USD as they happen.',
        fields: [
          { name: 'pair', description: 'What was traded' },
          { name: 'price', description: 'Price', unit: 'USD' },
          { name: 'size', description: 'Amount, in the first of the pair' },
          { name: 'taker', description: 'Side of the order that came last: buy or sell' },
          { name: 'trade', description: "The exchange's number of the trade" },
          { name: 'tradedAt', description: 'Time of the trade, UTC' },
          { name: 'skipped', description: 'Trades left out since the last event, above four a second' }
        ],
        feed: exchangeTrades(exchangeUrl, ['BTC-USD', 'ETH-USD'], timeout),
        internet: true
      }
    ],
    products: [
      {
        key: 'sp500-daily',
        name: 'Twenty years of the S&P 500',
        summary: 'Open, high, low, close and volume of every trading day from 2000 to 2020, a day per second.',
        description: `5,104 trading days in 85 minutes: the end of the dot-com years, 2008, and the decade that followed, at **one trading day per second**.

Made for backtests that want to receive their data the way a live system does: event by event, with no look ahead.`,
        category: 'finance',
        tags: ['index', 'stocks', 'ohlc', 'backtest', 'usa'],
        streams: ['sp500-daily'],
        terms: termsOf({ seller, product: 'Twenty years of the S&P 500', promise, ...usualRights }),
        pricePerHour: '2.4',
        boundary: hour,
        minimumPeriod: hour,
        cadence: 1,
        recorded: true,
        origin: { name: 'Yahoo Finance, S&P 500 index values' }
      },
      {
        key: 'technology-shares',
        name: 'Five technology shares, 2000 to 2010',
        summary: 'Microsoft, Amazon, IBM, Google and Apple month by month. Small, classic, sold by the minute.',
        description: `The five shares of a hundred textbooks, 560 prices in all, in the order in which they came about. A price every two seconds; the decade takes under twenty minutes.

Google joins in August 2004, when it went public.`,
        category: 'finance',
        tags: ['shares', 'technology', 'monthly', 'history'],
        streams: ['technology-shares'],
        terms: termsOf({ seller, product: 'Five technology shares', promise, ...usualRights }),
        pricePerHour: '1.2',
        settlement: 'by-second',
        boundary: minute,
        minimumPeriod: 5 * minute,
        cadence: 2,
        recorded: true,
        origin: {
          name: 'Monthly share prices, as collected in the Vega datasets',
          url: 'https://github.com/vega/vega-datasets'
        }
      },
      {
        key: 'exchange-trades',
        name: 'Bitcoin and Ether, trade by trade',
        summary: 'Public trades of a large exchange in BTC-USD and ETH-USD, the moment they happen.',
        description: `Every trade in two pairs with price, size and the side of the taker. In a storm the stream stays at four events a second and says in \`skipped\` how many trades were left out.

Licences end on the full minute.`,
        category: 'finance',
        tags: ['bitcoin', 'ether', 'crypto', 'trades', 'live'],
        streams: ['exchange-trades'],
        terms: termsOf({ seller, product: 'Bitcoin and Ether, trade by trade', promise, ...usualRights }),
        pricePerHour: '3',
        settlement: 'by-second',
        boundary: minute,
        minimumPeriod: minute,
        cadence: 1,
        origin: { name: 'Coinbase Exchange, public market data', url: 'https://docs.cdp.coinbase.com/exchange/' }
      }
    ]
  };
}

/** "Aug 1 2004" as "2004-08". */
function monthOf(date: string): string {
  const [name = '', , year = ''] = date.split(' ');
  const names = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  return `${year}-${String(names.indexOf(name) + 1).padStart(2, '0')}`;
}
