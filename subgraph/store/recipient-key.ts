import { Address, Bytes } from '@graphprotocol/graph-ts';
import { RecipientKey } from '../generated/schema';
import { recipientKeyId } from './id';

/** Writes the latest X25519 public key of an account on a stream. */
export function setRecipientKey(stream: Address, account: Address, publicKey: Bytes): void {
  const id = recipientKeyId(stream, account);
  let key = RecipientKey.load(id);
  if (key === null) {
    key = new RecipientKey(id);
    key.stream = stream;
    key.account = account;
  }
  key.publicKey = publicKey;
  key.save();
}
