import { Counter, Gauge, Registry } from 'prom-client';

/** What the relay counts, for Prometheus. */
export class RelayMetrics {
  readonly accepted: Counter;
  readonly refused: Counter;
  readonly delivered: Counter;
  readonly cut: Counter;
  readonly sockets: Gauge;
  readonly subscriptions: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.accepted = new Counter({
      name: 'tributary_events_acknowledged_total',
      help: 'Events that are durable, doubles included',
      registers
    });
    this.refused = new Counter({
      name: 'tributary_events_refused_total',
      help: 'Events refused, by reason',
      labelNames: ['reason'],
      registers
    });
    this.delivered = new Counter({
      name: 'tributary_events_delivered_total',
      help: 'Events handed to subscribers, live and from history',
      registers
    });
    this.cut = new Counter({
      name: 'tributary_sockets_cut_total',
      help: 'Sockets closed by the broker, by reason',
      labelNames: ['reason'],
      registers
    });
    this.sockets = new Gauge({ name: 'tributary_sockets', help: 'Open WebSockets', registers });
    this.subscriptions = new Gauge({ name: 'tributary_subscriptions', help: 'Running subscriptions', registers });
  }
}
