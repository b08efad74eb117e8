import { Counter, Gauge, Registry } from 'prom-client';

/** Counters and gauges of a square, in the Prometheus text format. Labels come from code, never from input. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #events = new Counter({
    name: 'square_events_total',
    help: 'Events by part of the square, event and reason',
    labelNames: ['part', 'event', 'reason'],
    registers: [this.#registry],
  });

  constructor() {
    this.gauge('square_resident_memory_bytes', 'Resident memory of the main process', () => process.memoryUsage.rss());
    this.gauge('square_cpu_seconds', 'CPU seconds the main process has used', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
    this.gauge('square_uptime_seconds', 'Seconds since the process started', () => process.uptime());
  }

  /** How one part of the square counts what happens to it. */
  counterOf(part: string): (event: string, reason: string, times?: number) => void {
    return (event, reason, times = 1) => this.#events.inc({ part, event, reason }, times);
  }

  /** Registers a value that is read at each scrape. */
  gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, registers: [], collect: () => gauge.set(read()) });
    this.#registry.registerMetric(gauge);
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}
