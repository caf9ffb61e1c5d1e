import {
  Deleted,
  MetadataChanged,
  OwnershipTransferStarted,
  OwnershipTransferred,
  PermissionChanged,
  PublicKeyRegistered
} from '../generated/templates/Stream/Stream';
import { setPermission } from '../store/permission';
import { setRecipientKey } from '../store/recipient-key';
import { deleteStream, describeStream, proposeStreamOwner, transferStream } from '../store/stream';

export function handlePermissionChanged(event: PermissionChanged): void {
  setPermission(event.address, event.params.account, event.params.permission, event.params.until, event.params.grantor);
}

export function handleMetadataChanged(event: MetadataChanged): void {
  describeStream(event.address, event.params.name, event.params.description);
}

export function handleOwnershipTransferStarted(event: OwnershipTransferStarted): void {
  proposeStreamOwner(event.address, event.params.pendingOwner);
}

export function handleOwnershipTransferred(event: OwnershipTransferred): void {
  transferStream(event.address, event.params.owner);
}

export function handlePublicKeyRegistered(event: PublicKeyRegistered): void {
  setRecipientKey(event.address, event.params.account, event.params.publicKey);
}

export function handleDeleted(event: Deleted): void {
  deleteStream(event.address);
}
