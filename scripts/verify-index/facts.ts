import { readFileSync } from 'node:fs';
import { Kind, parse, type ObjectTypeDefinitionNode, type TypeNode } from 'graphql';

/** One kind of fact, as subgraph/schema.graphql specifies it. */
export interface Fact {
  /** Name of the entity, such as "RecipientKey". */
  readonly name: string;
  /** Name of its list in the subgraph's GraphQL, such as "recipientKeys". */
  readonly collection: string;
  /** GraphQL type of the id: Bytes, or ID for composite ids. */
  readonly idType: string;
  /** Its stored fields, the id first; those that are derived from other entities are left out. */
  readonly fields: readonly FactField[];
}

export interface FactField {
  readonly name: string;
  /** Whether the field points to another entity, and is compared by that entity's id. */
  readonly reference: boolean;
}

/** A field's value in the form in which both sides are compared. */
export type FactValue = string | null | readonly FactValue[];

/** An entity's values by field name. */
export type FactRow = Readonly<Record<string, FactValue>>;

/** Entities that only the subgraph has. */
const beyondTheFacts = new Set(['ProductDocument', 'Sale']);

/** Reads the table of facts out of the schema, so that what is compared is what is specified. */
export function readFacts(
  schema = readFileSync(new URL('../../subgraph/schema.graphql', import.meta.url), 'utf8')
): Fact[] {
  const types = parse(schema)
    .definitions.filter((node) => node.kind === Kind.OBJECT_TYPE_DEFINITION)
    .filter((type) => isEntity(type) && !beyondTheFacts.has(type.name.value));
  const entities = new Set(types.map((type) => type.name.value));
  return types.map((type) => ({
    name: type.name.value,
    collection: pluralOf(`${type.name.value.charAt(0).toLowerCase()}${type.name.value.slice(1)}`),
    idType: idTypeOf(type),
    fields: storedFields(type, entities)
  }));
}

/** As graph-node makes it for the names of this schema. */
function pluralOf(name: string): string {
  return name.endsWith('sh') ? `${name}es` : `${name}s`;
}

function isEntity(type: ObjectTypeDefinitionNode): boolean {
  return (type.directives ?? []).some((directive) => directive.name.value === 'entity');
}

function storedFields(type: ObjectTypeDefinitionNode, entities: ReadonlySet<string>): FactField[] {
  return (type.fields ?? [])
    .filter((field) => !(field.directives ?? []).some((directive) => directive.name.value === 'derivedFrom'))
    .filter((field) => !beyondTheFacts.has(namedType(field.type)))
    .map((field) => ({ name: field.name.value, reference: entities.has(namedType(field.type)) }));
}

function idTypeOf(type: ObjectTypeDefinitionNode): string {
  const id = type.fields?.find((field) => field.name.value === 'id');
  return id === undefined ? 'ID' : namedType(id.type);
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

/** The selection of all fields of a fact in a GraphQL query. */
export function selectionOf(fact: Fact): string {
  return fact.fields.map(({ name, reference }) => (reference ? `${name} { id }` : name)).join(' ');
}

/**
 * Brings a value of a GraphQL answer into the form in which both sides are compared: numbers and booleans as text (one
 * side may send a BigInt as text, the other as a number), references as the id they point to.
 */
export function toFactValue(value: unknown): FactValue {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map(toFactValue);
  if (typeof value === 'object') return 'id' in value ? toFactValue(value.id) : JSON.stringify(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Picks a fact's fields out of one entity of an answer. */
export function toFactRow(fact: Fact, entity: Readonly<Record<string, unknown>>): FactRow {
  return Object.fromEntries(fact.fields.map(({ name }) => [name, toFactValue(entity[name])]));
}
