import {
  calendarChoices,
  calendarEnds,
  customPeriod,
  localOfSeconds,
  periodChoices,
  secondsOfLocal,
  type PeriodChoice,
  type PeriodChoicesParameters
} from './periods.ts';

type SoldPeriods = PeriodChoicesParameters['offer'];

/** What a selection starts from: `custom` is an end in the form of an input of type datetime-local. */
export interface PeriodStart {
  readonly chosen: string;
  readonly custom: string;
}

/** Which period is chosen, of those that an offer sells now. */
export class PeriodSelection {
  chosen = $state('hour');
  /** Local date and time, as an input of type datetime-local has it; empty where nothing was entered. */
  custom = $state('');
  /** Whether the buyer's calendar is known: not on the server, which is in another time zone. */
  local = $state(false);
  readonly #offer: SoldPeriods;
  readonly #time: () => { readonly now: number; readonly runningUntil: number };
  readonly #terms = $derived.by(() => ({ offer: this.#offer, ...this.#time() }));
  readonly lengths: readonly PeriodChoice[] = $derived.by(() => periodChoices(this.#terms));
  readonly calendar: readonly PeriodChoice[] = $derived.by(() =>
    this.local ? calendarChoices(this.#terms, calendarEnds(this.#terms.now)) : []
  );
  /** The period; undefined where the time that was entered is none that lies ahead, or nothing is sold now. */
  readonly choice: PeriodChoice | undefined = $derived.by(() => {
    if (this.chosen === 'custom') {
      const end = secondsOfLocal(this.custom);
      return end !== null && end > this.#terms.now ? customPeriod(this.#terms, end) : undefined;
    }
    return [...this.lengths, ...this.calendar].find(({ id }) => id === this.chosen) ?? this.lengths[0];
  });

  /** @param time Unix seconds: now by the chain, and the end of the licence that runs, 0 where there is none. */
  constructor(
    offer: SoldPeriods,
    time: () => { readonly now: number; readonly runningUntil: number },
    start?: PeriodStart
  ) {
    this.#offer = offer;
    this.#time = time;
    if (start !== undefined) {
      this.chosen = start.chosen;
      this.custom = start.custom;
    }
  }

  /** Starts from the shortest period, in the browser's time zone as the field wants it. */
  suggestCustom(): void {
    const [first] = this.lengths;
    if (this.custom !== '' || first === undefined) return;
    this.custom = localOfSeconds(first.until);
  }
}
