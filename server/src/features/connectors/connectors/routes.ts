import * as contract from '@aldaba/contract';
import type { Implement, Request } from '../../../http/index.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Connectors } from './service.ts';

/** `/api/connectors` and `/api/connector-factories`. Guides are in the client's preferred language. */
export function connectorRoutes(implement: Implement, connectors: Connectors): void {
  implement(contract.listConnectors, async ({ tenant, query, request }) => {
    const rows = (await connectors.list(tenant)).filter(
      (row) => query.target === undefined || row.target === query.target,
    );
    return Promise.all(rows.map((row) => connectors.show(tenant, row, languageOf(request))));
  });
  implement(contract.createConnector, async ({ tenant, body, request }) =>
    connectors.show(tenant, await connectors.create(tenant, body), languageOf(request)),
  );
  implement(contract.getConnector, async ({ tenant, params, request }) =>
    connectors.show(tenant, await connectors.get(tenant, params.id), languageOf(request)),
  );
  implement(contract.updateConnector, async ({ tenant, params, body, request }) =>
    connectors.show(tenant, await connectors.update(tenant, params.id, body), languageOf(request)),
  );
  implement(contract.deleteConnector, ({ tenant, params }) => connectors.remove(tenant, params.id));
  implement(contract.testConnector, async ({ tenant, params, body }) => {
    if (body.email === undefined && body.phone === undefined) {
      throw new AldabaError('guard.invalid_input', { reason: 'body: give an email address or a phone number' });
    }
    await connectors.test(tenant, params.factoryId, body);
  });
  implement(contract.createConnectorAuthorizationUri, async ({ tenant, params, body }) => ({
    redirectTo: await connectors.authorizationUri(tenant, params.connectorId, body),
    redirectUri: body.redirectUri,
  }));
  implement(contract.listConnectorFactories, ({ request }) => connectors.factories(languageOf(request)));
  implement(contract.getConnectorFactory, ({ params, request }) => connectors.factory(params.id, languageOf(request)));
}

/** The client's first language tag; guides fall back to English. */
const languageOf = (request: Request): string =>
  /^\s*([A-Za-z0-9-]+)/.exec(request.headers['accept-language'] ?? '')?.[1] ?? 'en';
