import type { Abi } from 'viem';
import { expect, it } from 'vitest';
import { counterfactualPurchaseAbi } from '#contracts/generated/counterfactualPurchase';
import { counterfactualPurchaseFactoryAbi } from '#contracts/generated/counterfactualPurchaseFactory';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import { datacoinAbi } from '#contracts/generated/datacoin';
import { deliveryEscrowAbi } from '#contracts/generated/deliveryEscrow';
import { streamAbi } from '#contracts/generated/stream';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import { thresholdDeliveryOracleAbi } from '#contracts/generated/thresholdDeliveryOracle';
import { wishlistAbi } from '#contracts/generated/wishlist';
import { refusalSentence } from './refusal-sentences.ts';

const abis: Record<string, Abi> = {
  counterfactualPurchaseAbi,
  counterfactualPurchaseFactoryAbi,
  dataLicenseAbi,
  datacoinAbi,
  deliveryEscrowAbi,
  streamAbi,
  streamRegistryAbi,
  thresholdDeliveryOracleAbi,
  wishlistAbi
};
/** What no verb can bring about: constructors, and inner workings of the libraries. */
const inner =
  /^(?:ConfigurationInvalid|AttestorCountInvalid|ThresholdInvalid|AddressEmptyCode|FailedCall|SafeERC20FailedOperation|InvalidAccountNonce|InvalidShortString|StringTooLong|ECDSA\w+|ERC20Invalid\w+|Create\w*|\w*CloneArguments\w*|InsufficientBalance|FailedDeployment|SafeCastOverflowed\w+)$/;

const errors = Object.entries(abis).flatMap(([contract, abi]) =>
  abi.filter((item) => item.type === 'error').map((item) => ({ contract, name: item.name, inputs: item.inputs }))
);

it.each(errors.filter(({ name }) => !inner.test(name)))('$contract: $name is said in words', ({ name, inputs }) => {
  const values = inputs.map(({ type }) => (type === 'uint8' ? 2 : type.startsWith('uint') ? 1_800_000_000n : '0xab'));
  const sentence = refusalSentence(name, values);
  expect(sentence).not.toContain(name);
  expect(sentence).toMatch(/^\S.{20,}[.]$/);
  expect(sentence).not.toMatch(/undefined|NaN|\[object/);
});

it('says what the values mean', () => {
  expect(refusalSentence('NotRefundable', [0])).toContain('paid at once');
  expect(refusalSentence('NotRefundable', [2])).toContain('held until');
  expect(refusalSentence('AuthorizationTooSmall', [10n ** 18n, 3n * 10n ** 18n])).toBe(
    'The buyer authorised 1 DATA and the licence costs 3 DATA now. Ask for a new authorisation.'
  );
  expect(refusalSentence('WishOver', [1_800_000_000n])).toContain('2027-01-15 08:00:00 UTC');
  expect(refusalSentence('FeeInvalid', [0, 150])).toContain('1.5 %');
});

it('names what it does not know', () => {
  expect(refusalSentence('Unheard', [1n])).toBe('The contract answers Unheard(1). Nothing was sent.');
  expect(refusalSentence('toString', [])).toContain('toString()');
  expect(refusalSentence(undefined, [])).toContain('gives no reason');
});
