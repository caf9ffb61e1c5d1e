import type { Market } from '#sdk/actions/connect-market';
import { createStream } from '#sdk/actions/create-stream';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import { delegateKeys, usualDelegation } from '#sdk/actions/delegate-keys';
import { listProduct } from '#sdk/actions/list-product';
import type { ProductDocumentInput } from '#sdk/actions/product-document-input';
import type { TransactionStep, Wallet } from '#sdk/actions/send-transaction';
import { setStreamPermission } from '#sdk/actions/set-stream-permission';
import { walletEventSigner } from '#sdk/actions/wallet-event-signer';
import { addressSchema, type Address } from '#sdk/protocol/primitives';
import { rootSeed } from '#sdk/protocol/slot-keys';
import { m } from '../generated/messages/messages.js';
import { formatPeriod } from '../ui/period.ts';
import { saveStreamRoot, streamRoots } from '../keys/stream-roots.ts';
import type { Draft, Progress } from './draft.ts';
import { tagsOf } from './faults.ts';
import { offerTermsOf } from './offer-terms.ts';
import { fieldsOf, parseSample } from './sample.ts';

/** What publishing consists of, in order; which of them apply depends on the draft. */
export type PublishStep = 'stream' | 'public' | 'publisher' | 'keys' | 'list';

export interface PublishProductParameters {
  readonly market: Market;
  readonly wallet: Wallet;
  readonly draft: Draft;
  /** Where an earlier attempt stopped. */
  readonly progress: Progress;
  /** Steps of this draft. */
  readonly steps: readonly PublishStep[];
  readonly onStep: (step: PublishStep, detail: string) => void;
  /** Called after every step; keep it, so that the next attempt goes on from there. */
  readonly onProgress: (progress: Progress) => void;
}

const first = 1;

function describe(step: TransactionStep): string {
  if (step.step === 'signing') return m.sell_doing_signature();
  if (step.step === 'submitting') return m.sell_doing_submit();
  if (step.step === 'confirming') return m.sell_doing_confirm({ hash: `${step.hash.slice(0, 10)}…` });
  return m.sell_doing_confirmed();
}

/**
 * Creates the stream, makes and entrusts its keys, and lists the product; skips what an earlier attempt has done.
 *
 * @throws as the sdk's verbs; what was done before stays done and is in the progress that was reported.
 */
export async function publishProduct(parameters: PublishProductParameters): Promise<Progress> {
  const { market, wallet, draft, steps, onStep } = parameters;
  const account = addressSchema.parse(wallet.account.address);
  // What another account began belongs to that account.
  let progress: Progress =
    parameters.progress.account === account
      ? parameters.progress
      : { account, done: [], productNumber: randomNumber() };
  progress = { ...progress, productNumber: progress.productNumber ?? randomNumber() };
  const keep = (changes: Partial<Progress>) => {
    progress = { ...progress, ...changes };
    parameters.onProgress(progress);
  };
  keep(draft.streamMode === 'existing' ? { stream: addressSchema.parse(draft.streamAddress.trim()) } : {});

  for (const step of steps) {
    if (progress.done.includes(step)) continue;
    onStep(step, m.sell_doing());
    const report = (transaction: TransactionStep) => {
      onStep(step, describe(transaction));
    };
    if (step === 'stream') {
      const { stream } = await createStream({
        market,
        wallet,
        name: draft.streamName.trim(),
        description: draft.streamDescription.trim(),
        slotDuration: draft.slotDuration,
        onStep: report
      });
      keep({ stream });
    } else {
      const stream = addressSchema.parse(progress.stream);
      if (step === 'keys') {
        onStep(step, m.sell_doing_keys({ period: formatPeriod(usualDelegation) }));
        await entrustKeys(market, wallet, stream);
      } else if (step === 'list') {
        const { productId } = await listProduct({
          ...documentsOf(draft, stream),
          ...offerTermsOf(draft, market.deployment),
          market,
          wallet,
          productNumber: BigInt(progress.productNumber ?? randomNumber()),
          onStep: (at) => {
            if (at.step === 'uploading') onStep(step, m.sell_doing_store());
            else report(at);
          }
        });
        keep({ productId });
      } else {
        await setStreamPermission({
          market,
          wallet,
          stream,
          account: step === 'public' ? 'everyone' : addressSchema.parse(draft.publisher.trim()),
          permission: step === 'public' ? 'read' : 'write',
          onStep: report
        });
      }
    }
    keep({ done: [...progress.done, step] });
  }
  return progress;
}

/** Keys are on disk in this browser before anybody else has them: a stream without its root can never be read. */
async function entrustKeys(market: Market, wallet: Wallet, stream: Address): Promise<void> {
  const held = (await streamRoots(stream)).at(-1);
  if (held === undefined) {
    const { root, era } = createStreamKeys(first);
    await saveStreamRoot({ stream, era, root: Uint8Array.from(root), createdAt: market.clock() });
    await delegateKeys({ market, stream, signer: walletEventSigner(wallet), keys: { era, seeds: [rootSeed(root)] } });
    return;
  }
  const keys = { era: held.era, seeds: [rootSeed(held.root)] };
  await delegateKeys({ market, stream, signer: walletEventSigner(wallet), keys });
}

function documentsOf(draft: Draft, stream: Address) {
  const sample = parseSample(draft.sample);
  const rows = sample.ok ? sample.rows : [];
  const optional = (text: string) => (text.trim() === '' ? undefined : text.trim());
  const [sellerName, source, sourceUrl] = [draft.sellerName, draft.source, draft.sourceUrl].map(optional);
  const document: ProductDocumentInput = {
    name: draft.name.trim(),
    summary: draft.summary.trim(),
    description: draft.description,
    category: draft.category,
    tags: tagsOf(draft.tags),
    recorded: draft.recorded,
    ...(sellerName === undefined ? {} : { sellerName }),
    ...(source === undefined
      ? {}
      : { source: { name: source, ...(sourceUrl === undefined ? {} : { url: sourceUrl }) } }),
    streams: [
      {
        address: stream,
        sample: rows,
        fields: fieldsOf(rows).map((name) => {
          const unit = optional(draft.units[name] ?? '');
          return {
            name: name.slice(0, 64),
            description: (draft.meanings[name] ?? '').trim().slice(0, 200),
            ...(unit === undefined ? {} : { unit: unit.slice(0, 32) })
          };
        })
      }
    ]
  };
  return { terms: draft.terms, document };
}

const randomNumber = () =>
  crypto
    .getRandomValues(new Uint8Array(8))
    .reduce((number, byte) => (number << 8n) | BigInt(byte), 0n)
    .toString();
