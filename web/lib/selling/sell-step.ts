import { emptyDraft, type Draft } from './draft.ts';
import type { Faults } from './faults.ts';

/** Steps of selling, in their order. */
export const sellSteps = ['stream', 'description', 'sample', 'terms', 'price', 'settlement', 'check'] as const;
export type SellStep = (typeof sellSteps)[number];

/** In which step a field is written. */
const stepOfField: Record<keyof Draft, SellStep> = {
  streamMode: 'stream',
  streamAddress: 'stream',
  streamName: 'stream',
  streamDescription: 'stream',
  slotDuration: 'stream',
  access: 'stream',
  publisher: 'stream',
  name: 'description',
  summary: 'description',
  description: 'description',
  category: 'description',
  tags: 'description',
  sellerName: 'description',
  source: 'description',
  sourceUrl: 'description',
  recorded: 'description',
  sample: 'sample',
  meanings: 'sample',
  units: 'sample',
  terms: 'terms',
  free: 'price',
  amount: 'price',
  per: 'price',
  boundary: 'price',
  minimumPeriod: 'price',
  maximumPeriod: 'price',
  settlement: 'settlement',
  events: 'settlement',
  deliveryPeriod: 'settlement',
  oracle: 'settlement',
  demand: 'settlement',
  schema: 'settlement',
  attesters: 'settlement'
};

/** The step that an address names: the first where it names none. */
export function sellStepOf(name: string | null): SellStep {
  return sellSteps.find((step) => step === name) ?? 'stream';
}

/** Where a step is found. */
export function sellStepAddress(step: SellStep): string {
  return `?step=${step}`;
}

/** The step before or after another; undefined at the ends. */
export function sellStepBeside(step: SellStep, distance: 1 | -1): SellStep | undefined {
  return sellSteps[sellSteps.indexOf(step) + distance];
}

/** What is wrong in a step, by field. The last holds none of its own. */
export function faultsInStep(faults: Faults, step: SellStep): Faults {
  return Object.fromEntries(
    (Object.entries(faults) as [keyof Draft, string][]).filter(([field]) => stepOfField[field] === step)
  );
}

/** Whether anything was written in a step. */
export function isStepBegun(draft: Draft, step: SellStep): boolean {
  return (Object.keys(emptyDraft) as (keyof Draft)[]).some(
    (field) => stepOfField[field] === step && JSON.stringify(draft[field]) !== JSON.stringify(emptyDraft[field])
  );
}
