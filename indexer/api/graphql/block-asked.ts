import {
  getOperationAST,
  GraphQLError,
  Kind,
  valueFromASTUntyped,
  type DocumentNode,
  type ExecutionArgs,
  type FieldNode,
  type SelectionSetNode,
  type ValueNode
} from 'graphql';
import { z } from 'zod';
import type { BlockWanted } from '#sdk/protocol/discovery/past';
import { bytes32Schema } from '#sdk/protocol/primitives';

const heightSchema = z.union([
  z
    .strictObject({ number: z.int().min(0).max(Number.MAX_SAFE_INTEGER), hash: z.null().optional() })
    .transform(({ number }) => ({ number })),
  z.strictObject({ hash: bytes32Schema, number: z.null().optional() }).transform(({ hash }) => ({ hash }))
]);

/** Values of `block` at the top of operations, by document and the operation's name; most documents have none. */
const decided = new WeakMap<DocumentNode, Map<string, readonly ValueNode[]>>();

/**
 * The block as of which an operation is to be answered: what its fields at the top say as `block`.
 *
 * @throws GraphQLError with code "request-invalid" where they say different things, or no block.
 */
export function blockAsked({
  document,
  operationName,
  variableValues
}: Pick<ExecutionArgs, 'document' | 'operationName' | 'variableValues'>): BlockWanted | null {
  const values = valuesIn(document, operationName)
    .map((value) => valueFromASTUntyped(value, variableValues))
    .filter((value) => value != null);
  if (values.length === 0) return null;
  const wanted = values.map((value) => heightSchema.safeParse(value));
  const [first] = wanted;
  if (first?.success !== true) refuse('block takes either a number or a hash.');
  if (wanted.some(({ data }) => JSON.stringify(data) !== JSON.stringify(first.data))) {
    refuse('An operation is answered as of one block: give every field the same.');
  }
  return first.data;
}

function refuse(message: string): never {
  throw new GraphQLError(message, { extensions: { code: 'request-invalid', http: { status: 422 } } });
}

function valuesIn(document: DocumentNode, operationName: string | null | undefined): readonly ValueNode[] {
  const known = decided.get(document) ?? new Map<string, readonly ValueNode[]>();
  decided.set(document, known);
  const name = operationName ?? '';
  const before = known.get(name);
  if (before !== undefined) return before;
  const operation = getOperationAST(document, operationName);
  const found = operation == null ? [] : fieldsOf(document, operation.selectionSet).flatMap(blockOf);
  known.set(name, found);
  return found;
}

/** Fields at the top, those of fragments too. */
function fieldsOf(document: DocumentNode, { selections }: SelectionSetNode): readonly FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(document, selection.selectionSet);
    const fragment = document.definitions.find(
      (one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === selection.name.value
    );
    return fragment?.kind === Kind.FRAGMENT_DEFINITION ? fieldsOf(document, fragment.selectionSet) : [];
  });
}

function blockOf(field: FieldNode): readonly ValueNode[] {
  return (field.arguments ?? []).flatMap((argument) => (argument.name.value === 'block' ? [argument.value] : []));
}
