import * as z from 'zod';

/**
 * Terms of a licence that programs can read: a bounded part of the Open Digital Rights Language (ODRL Information Model
 * 2.2, W3C Recommendation, 2018-02-15) as JSON-LD. Names of actions, operands and operators are those of the ODRL
 * Vocabulary. A policy says what the text of the terms says, for machines; where they differ, the text at the offer's
 * termsHash decides.
 */

/** Actions of the ODRL core and common vocabulary that make sense for streams, and those of Creative Commons. */
export const policyActions = [
  'use',
  'aggregate',
  'anonymize',
  'archive',
  'attribute',
  'compensate',
  'delete',
  'derive',
  'display',
  'distribute',
  'extract',
  'index',
  'inform',
  'modify',
  'present',
  'print',
  'read',
  'reproduce',
  'review',
  'sell',
  'share',
  'stream',
  'transfer',
  'transform',
  'translate',
  'cc:CommercialUse',
  'cc:ShareAlike'
] as const;
export const policyOperands = [
  'count',
  'dateTime',
  'delayPeriod',
  'elapsedTime',
  'event',
  'industry',
  'language',
  'payAmount',
  'percentage',
  'product',
  'purpose',
  'recipient',
  'spatial',
  'timeInterval',
  'virtualLocation'
] as const;
export const policyOperators = [
  'eq',
  'gt',
  'gteq',
  'hasPart',
  'isA',
  'isAllOf',
  'isAnyOf',
  'isNoneOf',
  'isPartOf',
  'lt',
  'lteq',
  'neq'
] as const;

const iriSchema = z
  .string()
  .max(300)
  .regex(/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/, 'must be an IRI such as https://… or urn:…');
const valueSchema = z.union([z.string().max(200), z.number()]);

/** Bounds a rule: left operand, operator, right operand (ODRL 2.2, section 2.5). */
export const policyConstraintSchema = z.object({
  leftOperand: z.enum(policyOperands),
  operator: z.enum(policyOperators),
  rightOperand: z.union([valueSchema, z.array(valueSchema).min(1).max(20)]),
  /** Unit of the right operand, such as a currency. */
  unit: iriSchema.optional()
});

const constraints = z.array(policyConstraintSchema).max(8).optional();
const ruleShape = {
  action: z.enum(policyActions),
  /** What the rule is about; the data of the product where it is absent. */
  target: iriSchema.optional(),
  constraint: constraints
};
const dutySchema = z.object(ruleShape);

/** ODRL policy of type Offer or Set with at most 20 rules of each kind, and at least one. */
export const licensePolicySchema = z
  .object({
    '@context': z.literal('http://www.w3.org/ns/odrl.jsonld'),
    '@type': z.enum(['Offer', 'Set']),
    uid: iriSchema,
    permission: z
      .array(z.object({ ...ruleShape, duty: z.array(dutySchema).max(8).optional() }))
      .max(20)
      .optional(),
    prohibition: z.array(z.object(ruleShape)).max(20).optional(),
    obligation: z.array(dutySchema).max(20).optional()
  })
  .refine(
    ({ permission = [], prohibition = [], obligation = [] }) =>
      permission.length + prohibition.length + obligation.length > 0,
    'must have a permission, a prohibition or an obligation'
  );
export type LicensePolicy = z.infer<typeof licensePolicySchema>;
