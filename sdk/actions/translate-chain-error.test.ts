import { BaseError, HttpRequestError, UserRejectedRequestError, encodeErrorResult } from 'viem';
import { describe, expect, it } from 'vitest';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import {
  ChainUnreachableError,
  ContractRefusedError,
  OfferRetiredError,
  SignatureRejectedError,
  WalletFailedError
} from './chain-errors.ts';
import { translateChainError } from './translate-chain-error.ts';

const translate = (error: unknown) => translateChainError(error, dataLicenseAbi);
const reverted = (data: `0x${string}`) =>
  new BaseError('Execution failed.', { cause: Object.assign(new Error('execution reverted'), { code: 3, data }) });

describe('an error of the chain or the wallet', () => {
  it.each([
    ['as viem wraps it', new BaseError('outer', { cause: new UserRejectedRequestError(new Error('no')) })],
    ['as a wallet throws it', { code: 4001, message: 'User rejected the request.' }],
    ['as a library between them throws it', { code: 'ACTION_REJECTED' }]
  ])('says that the owner declined, %s', (_, error) => {
    expect(translate(error)).toBeInstanceOf(SignatureRejectedError);
  });

  it('names the refusal of the contract with its values, in a sentence', () => {
    const data = encodeErrorResult({ abi: dataLicenseAbi, errorName: 'PeriodTooShort', args: [60n, 3600n] });
    const translated = translate(reverted(data));
    expect(translated).toBeInstanceOf(ContractRefusedError);
    expect(translated).toMatchObject({ reason: 'PeriodTooShort', args: [60n, 3600n] });
    expect(translated.message).toBe('The seller sells no less than 3600 seconds. Choose a longer period.');
  });

  it('gives the selector of a refusal that it does not know', () => {
    expect(translate(reverted('0xdeadbeef'))).toMatchObject({ reason: '0xdeadbeef', args: [] });
  });

  it('tells a silent node from one that refuses', () => {
    const url = 'http://localhost/rpc';
    const silent = new BaseError('outer', { cause: new HttpRequestError({ url, details: 'fetch failed' }) });
    expect(translate(silent)).toBeInstanceOf(ChainUnreachableError);
    const refusing = new BaseError('outer', { cause: new HttpRequestError({ url, status: 403 }) });
    expect(translate(refusing)).toBeInstanceOf(WalletFailedError);
  });

  it('passes on the words of a wallet that failed otherwise', () => {
    expect(translate(new Error('device is locked')).message).toBe('The wallet answered: device is locked');
  });

  it('leaves an error that is in words already', () => {
    const error = new OfferRetiredError('0x00');
    expect(translate(error)).toBe(error);
  });
});
