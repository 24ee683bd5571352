import * as contract from '@aldaba/contract';
import { Empty } from '../../../http/answers.ts';
import type { Implement } from '../../../http/index.ts';
import type { SamlApplications } from './service.ts';

export type { SamlBrowserNeeds } from './browser-handlers.ts';
export { samlBrowserRoutes } from './browser-routes.ts';

/** `/api/saml-applications`. */
export function samlApplicationRoutes(implement: Implement, samlApplications: SamlApplications): void {
  const { secrets } = samlApplications;
  implement(contract.createSamlApplication, ({ tenant, body }) => samlApplications.create(tenant, body));
  implement(contract.getSamlApplication, ({ tenant, params }) => samlApplications.get(tenant, params.id));
  implement(contract.updateSamlApplication, ({ tenant, params, body }) =>
    samlApplications.update(tenant, params.id, body),
  );
  implement(contract.deleteSamlApplication, async ({ tenant, params }) => {
    await samlApplications.remove(tenant, params.id);
    return new Empty(204);
  });
  implement(contract.listSamlApplicationSecrets, async ({ tenant, params }) => {
    await samlApplications.get(tenant, params.id);
    return secrets.list(tenant.db, params.id);
  });
  implement(contract.createSamlApplicationSecret, async ({ tenant, params, body }) => {
    await samlApplications.get(tenant, params.id);
    return secrets.add(tenant.db, params.id, await secrets.make(body.lifeSpanInYears));
  });
  implement(contract.updateSamlApplicationSecret, ({ tenant, params: { id, secretId }, body }) =>
    secrets.setActive(tenant.db, { applicationId: id, id: secretId }, body.active),
  );
  implement(contract.deleteSamlApplicationSecret, async ({ tenant, params: { id, secretId } }) => {
    await secrets.remove(tenant.db, { applicationId: id, id: secretId });
    return new Empty(204);
  });
}
