import { parentPort } from 'node:worker_threads';
import { readChecks } from './signature-checks.ts';
import { secp256k1OfMachine } from './secp256k1.ts';

/** A thread of the signature pool: a message of checks in, a message of as many answers (1 or 0) out. */
const { verifier } = secp256k1OfMachine();
const port = parentPort;

port?.on('message', (message: Uint8Array) => {
  const checks = readChecks(message);
  const answers = new Uint8Array(checks.length);
  for (const [place, { payload, signature, origin }] of checks.entries()) {
    answers[place] = verifier.verify(payload, signature, origin) === true ? 1 : 0;
  }
  port.postMessage(answers, [answers.buffer]);
});
// Everything is loaded: from now on it answers at once.
port?.postMessage(new Uint8Array());
