import type { PageServerLoadEvent } from './$types';

export function load({ locals }: PageServerLoadEvent) {
  const { configuration, deployment } = locals.market;
  const { feeBasisPoints, schemas, contracts } = deployment;
  const { DeliveryOracle, AttestationService } = contracts;
  return {
    origin: configuration.PUBLIC_URL,
    rules: { feeBasisPoints, schemas, contracts: { DeliveryOracle, AttestationService } }
  };
}
