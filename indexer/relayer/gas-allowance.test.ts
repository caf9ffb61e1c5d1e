import { expect, it } from 'vitest';
import { GasAllowanceSpentError } from './errors.ts';
import { GasAllowance } from './gas-allowance.ts';

it('gives away so much in an hour, and says when there is enough again', () => {
  let now = 0;
  const allowance = new GasAllowance(3_600_000, () => now);
  allowance.take(3_000_000n);
  const wait = 400;
  try {
    allowance.take(1_000_000n);
    expect.fail('it gave more away than it has');
  } catch (error) {
    expect(error).toBeInstanceOf(GasAllowanceSpentError);
    expect((error as GasAllowanceSpentError).toProblem()).toMatchObject({ status: 503, retryAfter: wait });
  }
  now = (wait - 1) * 1_000;
  expect(() => {
    allowance.take(1_000_000n);
  }).toThrow(GasAllowanceSpentError);
  now = wait * 1_000;
  allowance.take(1_000_000n);
  expect(() => {
    allowance.take(1n);
  }).toThrow(GasAllowanceSpentError);
});

it('takes back what was not used, and never has more than an hour gives', () => {
  let now = 0;
  const allowance = new GasAllowance(1_000_000, () => now);
  allowance.take(1_000_000n);
  allowance.giveBack(400_000n);
  allowance.take(400_000n);
  now = 50 * 3_600_000;
  allowance.giveBack(900_000n);
  allowance.take(1_000_000n);
  expect(() => {
    allowance.take(1n);
  }).toThrow(GasAllowanceSpentError);
});
