import { type LogRecord, listApplications, listUsers } from '@aldaba/contract/routes';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { listQuery, useTenant } from '../../api/queries.ts';
import { nameOfUser } from '../users/identity.tsx';

/** The name of a user or an application; undefined while it loads, null if it was deleted. */
export type FoundName = string | null | undefined;

/** Names of the users and applications that entries mention: one request for each. */
export function useLogNames(records: readonly LogRecord[]) {
  const tenant = useTenant();
  const idsOf = (part: 'userId' | 'applicationId') =>
    [...new Set(records.flatMap(({ payload }) => payload[part] ?? []))].sort();
  const userIds = idsOf('userId');
  const applicationIds = idsOf('applicationId');
  const users = useQuery({
    ...listQuery(tenant, listUsers, byIds(userIds)),
    enabled: userIds.length > 0,
    placeholderData: keepPreviousData,
  });
  const applications = useQuery({
    ...listQuery(tenant, listApplications, byIds(applicationIds)),
    enabled: applicationIds.length > 0,
    placeholderData: keepPreviousData,
  });
  return {
    user: (id: string) => find(users, id, nameOfUser),
    application: (id: string) => find(applications, id, ({ name }) => name),
  };
}

const byIds = (ids: readonly string[]) => ({
  query: { 'search.id': [...ids], 'mode.id': 'exact', isCaseSensitive: 'true' },
  pageSize: 100,
});

function find<Item extends { id: string }>(
  { data, isPlaceholderData }: { data: { items: Item[] } | undefined; isPlaceholderData: boolean },
  id: string,
  nameOf: (item: Item) => string,
): FoundName {
  const item = data?.items.find((candidate) => candidate.id === id);
  if (item) return nameOf(item);
  return data && !isPlaceholderData ? null : undefined;
}
