import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/implement.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { Connectors } from '../connectors/index.ts';
import type { Inbox } from './service.ts';

/** `/api/configs/inbox` and `/api/inbox`. */
export function inboxRoutes(implement: Implement, inbox: Inbox, connectors: Pick<Connectors, 'inboxKinds'>): void {
  const show = async (tenant: Tenant) => ({
    enabled: await inbox.isOpen(tenant),
    isAvailable: inbox.isAvailable(tenant),
    receives: [...(await connectors.inboxKinds(tenant))],
  });
  implement(contract.getInbox, ({ tenant }) => show(tenant));
  implement(contract.updateInbox, async ({ tenant, body, caller }) => {
    await inbox.setOpen(tenant, body.enabled, caller);
    return show(tenant);
  });
  implement(contract.listInboxMessages, ({ tenant }) => inbox.list(tenant));
  implement(contract.getInboxMessage, ({ tenant, params }) => inbox.get(tenant, params.id));
  implement(contract.deleteInboxMessages, ({ tenant, caller }) => inbox.empty(tenant, caller));
}
