import {
  GraphQLError,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode
} from 'graphql';
import { attestationsShown } from '../../search/attestations.ts';
import { identitiesShown } from '../../search/identities.ts';

/** Bounds of a GraphQL operation. */
export const graphqlLimits = {
  /** Characters of a query; variables come on top. */
  query: 16 * 1024,
  /** Bytes of a request. */
  body: 256 * 1024,
  /** Names in a query. GraphQL's validation compares fields of one name pair by pair, before anything is counted. */
  words: 800,
  /** Fragments put in, each compared with each by validation. */
  spreads: 80,
  /** Fields of an operation, fragments put in. */
  fields: 2_000,
  /** Fields below fields. Introspection is exempt: tools ask it deeper. */
  depth: 10,
  /** Brackets inside brackets of a query; more than its fields need, and than introspection does. */
  nesting: 100,
  /** Fields that ask for a list or object at the top, aliases of one field counted each. */
  roots: 20,
  /** Objects that the answer may hold, by the page sizes that were asked for. */
  objects: 20_000,
  /** Items of the largest page. */
  page: 1_000,
  /** Items of a page when nothing was said. */
  usualPage: 20
} as const;

/**
 * Looks at the text of a query before it is parsed and validated: parsing takes as much stack as the query is deep, and
 * validation the square of what it has of one name.
 *
 * @throws GraphQLError with code "operation-too-large".
 */
export function checkText(query: string): void {
  if (query.length > graphqlLimits.query) {
    refuse(`A query may have ${String(graphqlLimits.query)} characters.`, 413);
  }
  const bare = query.replace(stringsAndComments, '');
  if ((bare.match(/\w+/g)?.length ?? 0) > graphqlLimits.words) {
    refuse(`A query may have ${String(graphqlLimits.words)} names; ask in several queries.`);
  }
  if ((bare.match(/\.\.\./g)?.length ?? 0) > graphqlLimits.spreads) {
    refuse(`Put in at most ${String(graphqlLimits.spreads)} fragments.`);
  }
  let depth = 0;
  for (const [bracket] of bare.matchAll(/[{}[\]()]/g)) {
    depth += '{[('.includes(bracket) ? 1 : -1;
    if (depth > graphqlLimits.nesting) refuse(`Nest at most ${String(graphqlLimits.depth)} fields.`);
  }
}

/** Block strings, strings and comments of GraphQL: brackets in them are text. */
const stringsAndComments = /"""(?:[^"\\]|\\[^]|"(?!""))*"""|"(?:[^"\\\n\r]|\\.)*"|#[^\n\r]*/g;

/** Operations within the limits whatever their variables are: the same document is the same answer. */
const alwaysWithin = new WeakMap<DocumentNode, Set<string | null>>();

/**
 * Estimates an operation before it runs; one whose page sizes are not variables is estimated once for each document.
 *
 * @throws GraphQLError with code "operation-too-large" when it is over a limit.
 */
export function checkLimits(
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Readonly<Record<string, unknown>>
): void {
  if (alwaysWithin.get(document)?.has(operationName ?? null) === true) return;
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  const operation = operations.find(({ name }) => operationName == null || name?.value === operationName);
  if (operation === undefined) return;
  let fields = 0;
  const fieldsOf = (selections: SelectionSetNode): FieldNode[] =>
    selections.selections.flatMap((selection) => {
      fields += 1;
      if (fields > graphqlLimits.fields) refuse(`Ask for at most ${String(graphqlLimits.fields)} fields.`);
      if (selection.kind === Kind.FIELD) return [selection];
      // cycles of fragments were refused by GraphQL's own validation
      const inner =
        selection.kind === Kind.INLINE_FRAGMENT
          ? selection.selectionSet
          : fragments.get(selection.name.value)?.selectionSet;
      return inner === undefined ? [] : fieldsOf(inner);
    });
  const roots = fieldsOf(operation.selectionSet);
  if (roots.length > graphqlLimits.roots) {
    refuse(`Ask for at most ${String(graphqlLimits.roots)} fields at the top of an operation.`);
  }
  let objects = 0;
  const ofVariables: FieldNode[] = [];
  const visit = (fields: readonly FieldNode[], depth: number, multiplier: number): void => {
    if (depth > graphqlLimits.depth) refuse(`Nest at most ${String(graphqlLimits.depth)} fields.`);
    for (const field of fields) {
      if (field.selectionSet === undefined || field.name.value.startsWith('__')) continue;
      if (hasVariablePage(field)) ofVariables.push(field);
      const items = multiplier * pageOf(field, operation, variables);
      objects += items;
      if (objects > graphqlLimits.objects) {
        refuse(`Ask for at most ${String(graphqlLimits.objects)} objects: smaller pages, or fewer lists inside lists.`);
      }
      visit(fieldsOf(field.selectionSet), depth + 1, items);
    }
  };
  visit(roots, 1, 1);
  if (ofVariables.length > 0) return;
  const names = alwaysWithin.get(document) ?? new Set();
  alwaysWithin.set(document, names.add(operationName ?? null));
}

function hasVariablePage(field: FieldNode): boolean {
  return field.arguments?.some(({ name, value }) => name.value === 'first' && value.kind === Kind.VARIABLE) === true;
}

function refuse(message: string, status = 422): never {
  throw new GraphQLError(message, { extensions: { code: 'operation-too-large', http: { status } } });
}

/** Items of the page that a field asks for; 1 for a field that is no page. */
function pageOf(
  field: FieldNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>
): number {
  if (field.name.value === 'sellerAttestations') return attestationsShown;
  if (field.name.value === 'sellerIdentities') return identitiesShown;
  const first = field.arguments?.find(({ name }) => name.value === 'first')?.value;
  if (first?.kind === Kind.INT) return Math.max(1, Number(first.value));
  if (first?.kind === Kind.VARIABLE) {
    const name = first.name.value;
    const usual = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name)?.defaultValue;
    const given = variables[name] ?? (usual?.kind === Kind.INT ? usual.value : graphqlLimits.usualPage);
    return Math.max(1, Number(given));
  }
  const isConnection = field.selectionSet?.selections.some(
    (selection) => selection.kind === Kind.FIELD && ['edges', 'nodes'].includes(selection.name.value)
  );
  return isConnection === true ? graphqlLimits.usualPage : 1;
}
