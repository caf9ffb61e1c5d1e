import { describe, expect, it } from 'vitest';
import { emptyDraft } from './draft.ts';
import { faultsInStep, isStepBegun, sellStepAddress, sellStepBeside, sellStepOf, sellSteps } from './sell-step.ts';

describe('steps of selling', () => {
  it('are named by addresses, and the first by whatever names none', () => {
    for (const step of sellSteps) {
      expect(sellStepOf(new URL(sellStepAddress(step), 'http://market/sell').searchParams.get('step'))).toBe(step);
    }
    expect([null, '', 'Check', '__proto__'].map(sellStepOf)).toEqual(['stream', 'stream', 'stream', 'stream']);
  });

  it('follow each other and end', () => {
    expect(sellStepBeside('stream', -1)).toBeUndefined();
    expect(sellStepBeside('stream', 1)).toBe('description');
    expect(sellStepBeside('check', 1)).toBeUndefined();
  });

  it('take faults to where they are mended', () => {
    const faults = { streamName: 'one', amount: 'two', boundary: 'three', attesters: 'four' };
    expect(faultsInStep(faults, 'price')).toEqual({ amount: 'two', boundary: 'three' });
    const found = sellSteps.flatMap((step) => Object.keys(faultsInStep(faults, step)));
    expect(found.sort()).toEqual(Object.keys(faults).sort());
    expect(faultsInStep(faults, 'check')).toEqual({});
  });

  it('are begun once something is written in them', () => {
    expect(sellSteps.some((step) => isStepBegun(emptyDraft, step))).toBe(false);
    const draft = { ...emptyDraft, units: { level: 'm' } };
    expect(sellSteps.filter((step) => isStepBegun(draft, step))).toEqual(['sample']);
  });
});
