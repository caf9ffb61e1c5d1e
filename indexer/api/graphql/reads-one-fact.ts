import {
  getOperationAST,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLSchema
} from 'graphql';

/** Marks fields of the query type that read one fact by its id, and nothing beside it. */
export const oneFact = 'oneFact';

const decided = new WeakMap<DocumentNode, boolean>();

/**
 * Whether an operation is answered by one statement: one fact by its id, and of that only what stands in its row.
 * False also where that is merely not obvious, as with fragments or several operations.
 */
export function readsOneFact({ document, schema }: Pick<ExecutionArgs, 'document' | 'schema'>): boolean {
  const before = decided.get(document);
  if (before !== undefined) return before;
  const found = decide(document, schema);
  decided.set(document, found);
  return found;
}

function decide(document: DocumentNode, schema: GraphQLSchema): boolean {
  const operation = document.definitions.length === 1 ? getOperationAST(document) : null;
  if (operation?.operation !== OperationTypeNode.QUERY || operation.selectionSet.selections.length !== 1) return false;
  const root = operation.selectionSet.selections[0];
  if (root?.kind !== Kind.FIELD) return false;
  const name: unknown = schema.getQueryType()?.getFields()[root.name.value]?.extensions[oneFact];
  const type = typeof name === 'string' ? schema.getType(name) : undefined;
  // not by its class, since several copies of the graphql package may be loaded
  if (type === undefined || !('getFields' in type)) return false;
  const fields = type.getFields();
  return (root.selectionSet?.selections ?? []).every((selection) => {
    if (selection.kind !== Kind.FIELD) return false;
    if (selection.name.value === '__typename') return true;
    const extensions: unknown = fields[selection.name.value]?.extensions;
    // set by the schema builder where a field is a property of its row
    return typeof extensions === 'object' && extensions !== null && 'pothosExposedField' in extensions;
  });
}
