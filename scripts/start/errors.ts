import { TributaryError } from '#sdk/protocol/problem';

/** A part of the market could not be started; the message says which, why, and what to do. */
export class StartError extends TributaryError {
  readonly code = 'start-failed';
  readonly title = 'The market could not be started';
  override readonly status = 500;
}

/** A port that a part needs is taken by another program. */
export class PortTakenError extends StartError {
  constructor(port: number, variable: string) {
    super(
      `Port ${String(port)} is taken by another program. End that program, or set ${variable} to a free port, ` +
        `for example: ${variable}=${String(port + 1000)} npm start`
    );
  }
}

/** No npm package carries this part's program for this machine. */
export class PlatformUnsupportedError extends StartError {
  constructor(part: string, instead: string) {
    super(`${part} has no build for ${process.platform} ${process.arch}. ${instead}`);
  }
}
