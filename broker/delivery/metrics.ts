import { Counter, Gauge, type Registry } from 'prom-client';

/** What the attestor counts, for Prometheus. */
export class DeliveryMetrics {
  readonly transactions: Counter;
  readonly failures: Counter;
  readonly disagreements: Counter;
  readonly open: Gauge;
  readonly ether: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.transactions = new Counter({
      name: 'tributary_delivery_transactions_total',
      help: 'Transactions of the attestor, by what they did: report, release, close',
      labelNames: ['kind'],
      registers
    });
    this.failures = new Counter({
      name: 'tributary_delivery_failures_total',
      help: 'Deposits that could not be judged for now, by reason',
      labelNames: ['reason'],
      registers
    });
    this.disagreements = new Counter({
      name: 'tributary_delivery_disagreements_total',
      help: 'Counts of other attestors, or standing ones, that differ from our own',
      registers
    });
    this.open = new Gauge({ name: 'tributary_delivery_deposits', help: 'Deposits that are not closed', registers });
    this.ether = new Gauge({ name: 'tributary_delivery_ether', help: 'Ether of the attestor', registers });
  }
}
