import { BaseError, decodeAbiParameters, encodeAbiParameters, encodePacked, keccak256, size } from 'viem';
import * as z from 'zod';
import { hexSchema } from './primitives.ts';
import type { Address, Hex } from './primitives.ts';
import { TributaryError } from './problem.ts';

/**
 * The market's schemas as they are registered at the Ethereum Attestation Service (EAS), with AttestationResolver as
 * their resolver, revocable. A change of one letter makes another schema with another uid.
 *
 * domain: the account acts for the DNS domain. organisation: for the organisation of that name and number in a public
 * register. ensName: the account goes by the ENS name. knownBuyer: the attester knows who the account is, to the level
 * that it names itself.
 */
export const attestationSchemas = {
  domain: 'string domain',
  organisation: 'string organisation,string registration',
  ensName: 'string ensName',
  knownBuyer: 'string level'
} as const;

export type AttestationSchemaName = keyof typeof attestationSchemas;

/** Most bytes of an attestation's data that are decoded: attesters can write as much as they pay for. */
export const attestationDataLimit = 4096;

/** Text that is shown to people: no control characters, none that turn the direction of what follows. */
const shownText = (limit: number) =>
  z
    .string()
    .min(1)
    .max(limit)
    .regex(/^[^\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]*$/u, 'must not contain control characters');

/** What an attestation of each schema says. */
export const attestationStatements = {
  domain: z.object({
    /** Lowercase, internationalised labels as xn-- (RFC 1035, RFC 5890), such as weather.example.org. */
    domain: z
      .string()
      .max(253)
      .regex(
        /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/,
        'must be a domain in lowercase'
      )
  }),
  organisation: z.object({
    /** As it is registered. */
    organisation: shownText(200),
    /** Register and number, such as "HRB 12345, Amtsgericht Charlottenburg" or a Legal Entity Identifier. */
    registration: shownText(200)
  }),
  ensName: z.object({
    /** Normalised by the attester (ENSIP-15); readers normalise again before they compare. */
    ensName: shownText(255).regex(/^[^.]+(?:\.[^.]+)+$/, 'must be labels joined by full stops')
  }),
  knownBuyer: z.object({
    /** In the attester's own words. */
    level: shownText(64)
  })
} as const satisfies Record<AttestationSchemaName, z.ZodType>;

export type AttestationStatement<Name extends AttestationSchemaName = AttestationSchemaName> = z.infer<
  (typeof attestationStatements)[Name]
>;

export class AttestationDataInvalidError extends TributaryError {
  readonly code = 'attestation-data-invalid';
  readonly title = 'The data are not what the schema of the attestation says';
}

/**
 * The uid of a schema: keccak256(abi.encodePacked(schema, resolver, revocable)), as SchemaRegistry of EAS 1.4 makes it.
 *
 * @param resolver - AttestationResolver of the deployment, for the market's schemas.
 * @returns 32 bytes.
 */
export function attestationSchemaUid(schema: string, resolver: Address, revocable = true): Hex {
  return keccak256(encodePacked(['string', 'address', 'bool'], [schema, resolver, revocable]));
}

/**
 * The data of an attestation, ABI-encoded by its schema, as EAS takes them.
 *
 * @throws {@link AttestationDataInvalidError} where the statement does not fit the schema.
 */
export function encodeAttestation<Name extends AttestationSchemaName>(
  name: Name,
  statement: AttestationStatement<Name>
): Hex {
  const checked = attestationStatements[name].safeParse(statement);
  if (!checked.success) throw invalid(name, z.prettifyError(checked.error));
  const values = new Map<string, string>(Object.entries(checked.data));
  const parameters = parametersOf(name);
  return encodeAbiParameters(
    parameters,
    parameters.map((parameter) => values.get(parameter.name) ?? '')
  );
}

/**
 * What an attestation's data say.
 *
 * @param data - ABI-encoded by the schema. EAS itself does not check that they are.
 * @throws {@link AttestationDataInvalidError} where they are not, or are longer than {@link attestationDataLimit}.
 */
export function decodeAttestation<Name extends AttestationSchemaName>(
  name: Name,
  data: Hex
): AttestationStatement<Name> {
  const bytes = hexSchema.safeParse(data);
  if (!bytes.success) throw invalid(name, z.prettifyError(bytes.error));
  if (size(bytes.data) > attestationDataLimit) {
    throw invalid(name, `They are ${String(size(bytes.data))} bytes long, more than ${String(attestationDataLimit)}.`);
  }
  const parameters = parametersOf(name);
  const values = decoded(name, () => decodeAbiParameters(parameters, bytes.data));
  const statement = Object.fromEntries(parameters.map((parameter, index) => [parameter.name, values[index]]));
  const checked = attestationStatements[name].safeParse(statement);
  if (!checked.success) throw invalid(name, z.prettifyError(checked.error));
  // The compiler does not follow the name through the table.
  return checked.data as AttestationStatement<Name>;
}

/** The fields of a schema, in its order: all of them are strings. */
function parametersOf(name: AttestationSchemaName): { type: 'string'; name: string }[] {
  const fields = attestationSchemas[name].split(',');
  return fields.map((field) => ({ type: 'string', name: field.slice('string '.length) }));
}

function decoded(name: AttestationSchemaName, decode: () => readonly unknown[]): readonly unknown[] {
  try {
    return decode();
  } catch (error) {
    if (error instanceof BaseError) throw invalid(name, error.shortMessage, error);
    throw error;
  }
}

function invalid(name: AttestationSchemaName, reason: string, cause?: unknown): AttestationDataInvalidError {
  return new AttestationDataInvalidError(
    `Ask the attester for data as the schema "${attestationSchemas[name]}" says. ${reason}`,
    { cause }
  );
}
