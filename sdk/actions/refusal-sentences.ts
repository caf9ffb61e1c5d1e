import { formatDecimal } from './format-decimal.ts';

type Sentence = (values: readonly unknown[]) => string;

const seconds = (value: unknown) => `${String(value)} seconds`;
const data = (value: unknown) => (typeof value === 'bigint' ? `${formatDecimal(value, 18)} DATA` : String(value));
/** Unix seconds as a time that people read. */
const time = (value: unknown) =>
  typeof value === 'bigint' && value < 2n ** 40n
    ? new Date(Number(value) * 1000).toISOString().replace('T', ' ').replace('.000Z', ' UTC')
    : String(value);

/** What the errors of the market's contracts mean, and what to do; values in the order of the interfaces. */
const sentences: Record<string, Sentence> = {
  // offers
  NotSeller: () => 'Only the seller that the offer names may do this. Connect the account of the seller.',
  StreamNotGrantable: ([stream]) =>
    `You may not sell stream ${String(stream)}: it belongs to somebody else, or was deleted. Take it out of the offer.`,
  StreamCountInvalid: ([count]) => `An offer sells 1 to 64 streams, not ${String(count)}.`,
  StreamsNotAscending: () => 'Name every stream once, in ascending order of their addresses.',
  AttesterCountInvalid: () =>
    'An offer that demands an attestation names 1 to 8 attesters; another one names none. Correct the attesters.',
  AttestersNotAscending: () => 'Name every attester once, in ascending order of their addresses.',
  AttestationServiceMissing: () => 'This chain has no attestation service, so no offer can demand an attestation.',
  BeneficiaryZero: () => 'Name the account that shall receive the payments.',
  BeneficiaryInvalid: ([beneficiary]) =>
    `Coins sent to ${String(beneficiary)} could never leave it. Name an account of your own as beneficiary.`,
  BoundaryInvalid: () => 'Licences must end on a boundary of 60 seconds to 365 days.',
  PeriodsInvalid: () =>
    'The longest period must be at least the shortest one and the boundary together, and at most five years.',
  FeeInvalid: ([, required]) =>
    `Offers of this market carry a fee of ${String(Number(required) / 100)} %. List the offer with it.`,
  DeliveryTermsInvalid: () =>
    'Settled by events, an offer names an oracle, a number of events and a delivery period (after events: a multiple of the boundary); otherwise none of them.',
  PriceZero: () => 'A free product is settled at once: there is nothing to hold. Choose that, or a price.',
  OfferAlreadyListed: () => 'Exactly this offer is listed already. Change the price, the terms or the product number.',
  OfferNotListed: () => 'This offer is not on sale. Look at the product again: there may be a newer one.',
  // licences
  EndNotOnBoundary: ([, boundary]) => `The licence must end on a multiple of ${seconds(boundary)}.`,
  PeriodTooShort: ([, minimum]) => `The seller sells no less than ${seconds(minimum)}. Choose a longer period.`,
  PeriodTooLong: ([, latest]) =>
    `The seller sells no further ahead than ${time(latest)}. Choose a shorter period, or renew later.`,
  LicenseeZero: () => 'Name the account that shall hold the licence.',
  AuthorizationTooSmall: ([value, price]) =>
    `The buyer authorised ${data(value)} and the licence costs ${data(price)} now. Ask for a new authorisation.`,
  AttestationInvalid: () =>
    'This seller sells only to accounts with an attestation of certain attesters. Get one, or one that still holds, and name it.',
  LicenseNotRunning: () => 'There is no running licence to this offer. It may have ended: buy it anew.',
  LicenseUnknown: () => 'The account never had a licence to this offer.',
  NotRefundable: ([settlement]) =>
    settlement === 2
      ? 'The payment is held until the promised events came or their time is over; until then it cannot flow back.'
      : 'The seller was paid at once, so nothing can flow back.',
  LicenseAlreadyFlagged: () => 'You have flagged this licence already; each licence can be flagged once.',
  LicenseNotFlagged: () => 'There is no flag of this licensee to answer.',
  NotSettledBySecond: () => 'The offer is not settled by the second, so there is nothing to withdraw.',
  // addresses that are paid for one purchase
  OfferNotInTerms: () => 'The address was paid for another offer. Hand in the one that its terms name.',
  RefundReceiverZero: () => 'Name the account to which coins shall flow back.',
  PaymentMissing: ([held, required]) =>
    `${data(held)} lie at the address of this purchase and ${data(required)} are needed. Pay it first; it may also be settled already.`,
  PurchaseOver: ([until]) => `The licence would have ended at ${time(until)}. What was paid flows back.`,
  PurchaseRefused: () =>
    'The licence cannot be bought any more, so the payment was not taken. Ask for the price again.',
  NotFactory: () => 'Only the factory of this address may do this. Settle through the factory.',
  GasTooLow: () => 'The purchase ran out of gas. Send it again with more.',
  // delivery
  NotLicenseContract: () => 'Only the contract that sells licences may do this.',
  CohortUnknown: () => 'No licence holds a deposit for this time. Look its start and end up again.',
  DepositUnknown: () => 'The licensee has no deposit that starts then, or it was closed already.',
  TimePast: () => 'That time has passed meanwhile. Try again.',
  DepositNotLater: () => 'This licence holds a deposit for that time already. Renew it at its end.',
  DepositsTooMany: () =>
    'This licence was renewed 32 times ahead. Renew it again once another of its periods has begun.',
  JudgementTimeInvalid: ([, since, last]) =>
    `Delivery is judged at boundaries after ${time(since)} and not after ${time(last)}. Choose such a time.`,
  CountNotReported: ([stream, at]) =>
    `The oracle has not said yet how many events stream ${String(stream)} had at ${time(at)}. Try again when it has.`,
  ReportingOver: ([deadline]) =>
    `The oracle had until ${time(deadline)} to report; what is left belongs to the licensees, who can close their deposits.`,
  DeliveryOpen: ([deadline]) =>
    `Delivery is not judged to its end yet. Close the deposit when it is, or after ${time(deadline)}.`,
  NotAttestor: ([account]) => `${String(account)} is none of the oracle's attestors.`,
  AttestationsTooFew: ([count, threshold]) =>
    `${String(threshold)} attestors must sign a report and ${String(count)} did. Collect more signatures.`,
  AttestorsNotAscending: () => 'Name every attestor once, in ascending order of their addresses.',
  SignatureInvalid: ([attestor]) =>
    `The signature is not ${String(attestor)}'s for this stream, time and count. Ask for it again.`,
  TimeNotPast: ([at]) => `Events before ${time(at)} may still come. Report them after that.`,
  CountAlreadyReported: ([, at, count]) =>
    `The oracle has reported ${String(count)} events for ${time(at)} already, and a report never changes.`,
  // wishes
  WishUnknown: ([wish]) => `There is no wish ${String(wish)}.`,
  AnswerUnknown: ([wish, answer]) => `Wish ${String(wish)} has no answer ${String(answer)}.`,
  DeadlineInvalid: () => 'The deadline of a wish lies 1 hour to 2 years ahead. Choose another one.',
  WishOver: ([deadline]) => `The wish ended at ${time(deadline)}. Stakes can be taken back.`,
  WishOpen: ([deadline]) =>
    `Stakes can be taken back after ${time(deadline)}, or while the rest is proposed to follow.`,
  AmountZero: () => 'Choose an amount above zero.',
  StakeZero: () => 'Your account has no stake in this wish.',
  AnswerInvalid: () => 'This product has answered the wish already. Answer with another one.',
  NotAsker: () => 'Only who made the wish may propose that the rest follows.',
  NothingFollows: () => 'No stake follows the majority, so there is no rest to pay.',
  NoMajority: ([released, total]) =>
    `${data(released)} of ${data(total)} were released to this answer: not more than half.`,
  RestAlreadyProposed: () =>
    'The rest has been proposed already; until it is paid, stakes can only be taken out of it.',
  RestNotProposed: () => 'The rest was not proposed for any answer, or was paid already.',
  ObjectionPeriod: ([payableAt]) => `Backers may object until ${time(payableAt)}. Pay the rest after that.`,
  // identity
  EnsUnavailable: () => 'This chain has no ENS, so streams have no ENS names here.',
  EnsNameInvalid: () => 'The ENS name is empty, longer than 255 bytes, or has an empty label.',
  EnsNameElsewhere: ([name, resolved]) =>
    `${String(name)} resolves to ${String(resolved)}. Set its address record to the stream first.`,
  StreamUnknown: ([stream]) => `${String(stream)} is no stream of this market.`,
  NotEditor: () => 'Your account lacks the Edit permission on the stream. Ask its owner.',
  AccessDenied: () => 'Only the account that made the attestation may revoke it.',
  InvalidSchema: () => 'The attestation service does not know this schema.',
  AlreadyRevoked: () => 'The attestation was revoked already.',
  InvalidExpirationTime: () => 'The attestation would have expired already. Choose a later end.',
  NotFound: () => 'There is no such attestation.',
  // streams
  PublicKeyZero: () => 'The public key is missing. Make a key pair and name its public half.',
  PermissionMissing: () => 'Your account lacks the permission for this on the stream. Ask its owner.',
  NotOwner: () => 'Only the owner of the stream may do this.',
  NotPendingOwner: () => 'Only the account that the owner proposed may accept. Connect that account.',
  NameLengthInvalid: ([, limit]) => `The name of a stream has 1 to ${String(limit)} bytes. Choose another one.`,
  DescriptionTooLong: ([, limit]) => `The description of a stream has up to ${String(limit)} bytes. Shorten it.`,
  SlotDurationInvalid: () => 'A slot lasts 1 second to 1 day. Choose another length.',
  PartitionsInvalid: () => 'A stream has 1 to 1,024 partitions. Choose another number.',
  StreamDeleted: () => 'The stream was deleted.',
  // the token
  ERC20InsufficientBalance: () => 'The account holds too little DATAcoin.',
  ERC20InsufficientAllowance: () => 'The contract may not take so much DATAcoin. Approve the amount first.',
  ERC2612ExpiredSignature: () => 'The signed permission to pay has run out. Sign again.',
  ERC2612InvalidSigner: () => 'The signed permission to pay is not from this account. Sign again.',
  ERC2612InvalidSignature: () => 'The signed permission to pay is not from this account. Sign again.',
  ERC3009InvalidSignature: () => "The authorisation is not the buyer's for exactly this purchase. Ask for it again.",
  ERC3009InvalidAuthorizationTime: () => 'The authorisation does not hold now. Ask for a new one.',
  ERC3009UsedAuthorization: () => 'This authorisation was used already, or was cancelled. Ask for a new one.'
};

/**
 * What a contract's refusal means and what to do about it.
 *
 * @param reason Name of the contract's error, or the selector of one that is not known; undefined where it gave none.
 */
export function refusalSentence(reason: string | undefined, values: readonly unknown[]): string {
  if (reason === undefined) return 'The contract would fail and gives no reason. Nothing was sent.';
  const known = Object.hasOwn(sentences, reason) ? sentences[reason] : undefined;
  return known?.(values) ?? `The contract answers ${reason}(${values.map(String).join(', ')}). Nothing was sent.`;
}
