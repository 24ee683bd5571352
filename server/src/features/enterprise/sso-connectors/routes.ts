import * as contract from '@aldaba/contract';
import { type Implement, pageOf } from '../../../http/implement.ts';
import { ssoProviders } from './providers.ts';
import type { SsoConnectors } from './service.ts';

/** `/api/sso-connectors` and `/api/sso-connector-providers`. */
export function ssoConnectorRoutes(implement: Implement, connectors: SsoConnectors): void {
  implement(contract.listSsoConnectors, async ({ tenant, page }) => pageOf(await connectors.list(tenant), page));
  implement(contract.createSsoConnector, ({ tenant, body }) => connectors.create(tenant, body));
  implement(contract.getSsoConnector, ({ tenant, params }) => connectors.get(tenant, params.id));
  implement(contract.updateSsoConnector, ({ tenant, params, body }) => connectors.update(tenant, params.id, body));
  implement(contract.deleteSsoConnector, ({ tenant, params }) => connectors.remove(tenant, params.id));
  implement(contract.testSsoConnector, ({ tenant, params, body }) => connectors.test(tenant, params.id, body.username));
  implement(contract.listSsoSigningKeys, async ({ tenant, params }) =>
    (await connectors.signingKeys(tenant, params.id)).list(),
  );
  implement(contract.createSsoSigningKey, async ({ tenant, params, body }) =>
    (await connectors.signingKeys(tenant, params.id)).create(body),
  );
  implement(contract.updateSsoSigningKey, async ({ tenant, params, body }) =>
    (await connectors.signingKeys(tenant, params.id)).update(params.keyId, body),
  );
  implement(contract.deleteSsoSigningKey, async ({ tenant, params }) =>
    (await connectors.signingKeys(tenant, params.id)).remove(params.keyId),
  );
  implement(contract.listSsoConnectorProviders, async () =>
    contract.ssoProviderNames.map((providerName) => {
      const { type: providerType, name, logo, description } = ssoProviders[providerName];
      return { providerName, providerType, name, logo, logoDark: logo, description };
    }),
  );
}
