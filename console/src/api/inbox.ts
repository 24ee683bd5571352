import type { InboxState } from '@aldaba/contract';
import { getInbox } from '@aldaba/contract/routes';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { apiOf } from './client.ts';

/** Which messages go to the inbox; loaded again with the connectors, because it depends on them. */
export const inboxQuery = (tenant: string) =>
  queryOptions({ queryKey: [tenant, '/api/connectors', 'inbox'], queryFn: () => apiOf(tenant).call(getInbox) });

/** The kinds of messages that go to the inbox. */
export const useInboxKinds = (tenant: string): InboxState['receives'] =>
  useQuery(inboxQuery(tenant)).data?.receives ?? [];

/** Whether some messages of the tenant go to the inbox. */
export const useIsInboxUsed = (tenant: string): boolean => useInboxKinds(tenant).length > 0;
