import type { FactName, FactRow } from '../schema.ts';
import type { ChangedForSearch } from '../search/postgres/rows.ts';

/** Rows of facts that were written -> what search has to look at again. */
export function changedForSearch(changed: ReadonlyMap<FactName, readonly object[]>): ChangedForSearch {
  const rows = <Name extends FactName>(fact: Name) => (changed.get(fact) ?? []) as readonly FactRow<Name>[];
  return {
    products: rows('product').map(({ id }) => id),
    sellers: [
      ...rows('karma').flatMap(({ role, account }) => (role === 'SELLER' ? [account] : [])),
      ...rows('attestation').map(({ recipient }) => recipient)
    ]
  };
}
