import { TributaryError } from '#sdk/protocol/problem';

/** A keystore, or what is kept beside it, is not what it should be. */
export class KeystoreInvalidError extends TributaryError {
  readonly code = 'keystore-invalid';
  readonly title = 'The keystore cannot be used';
  override readonly status = 403;
}

/** The passphrase does not open the keystore. */
export class PassphraseWrongError extends TributaryError {
  readonly code = 'passphrase-wrong';
  readonly title = 'The passphrase is wrong';
  override readonly status = 403;

  constructor(file: string) {
    super(`The passphrase does not open ${file}. Try again; nobody can open it without.`);
  }
}

/** The passphrase cannot be had from where it was said to be. */
export class PassphraseUnreadableError extends TributaryError {
  readonly code = 'passphrase-unreadable';
  readonly title = 'The passphrase cannot be read';
  override readonly status = 403;
}

/** There is no key of that name. */
export class KeyMissingError extends TributaryError {
  readonly code = 'key-missing';
  readonly title = 'There is no such key';
  override readonly status = 403;
}

/** A key would be written over another one. */
export class KeyExistsError extends TributaryError {
  readonly code = 'key-exists';
  readonly title = 'There is a key of that name already';
  override readonly status = 409;

  constructor(file: string) {
    super(`${file} is there already and is not written over. Choose another name, or move it away.`);
  }
}

/** Others could read or change a file with secrets. */
export class FileExposedError extends TributaryError {
  readonly code = 'file-exposed';
  readonly title = 'Others can read this file';
  override readonly status = 403;

  constructor(file: string) {
    super(`${file} must be a file that only you can read: chmod 600 ${file}`);
  }
}

/** Another run holds a file. */
export class FileBusyError extends TributaryError {
  readonly code = 'file-busy';
  readonly title = 'Another program uses this file';
  override readonly status = 503;

  constructor(lock: string) {
    super(`Another run of tributary holds ${lock}. Wait for it; if none runs, remove that file.`);
  }
}
