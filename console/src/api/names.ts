import { getApplication, listUsers } from '@aldaba/contract/routes';
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { itemQuery, listQuery, useTenant } from './queries.ts';
import { nameOfUser } from './user-names.ts';

/** The name of a user or an application; undefined while it loads, null if it was deleted. */
export type FoundName = string | null | undefined;

const unique = (ids: readonly string[]): string[] => [...new Set(ids)].sort();

/** Names of users, by one request, and of applications by ID: lists leave the built-in ones out. */
export function useNames(ids: { userIds?: readonly string[]; applicationIds?: readonly string[] }) {
  const tenant = useTenant();
  const userIds = unique(ids.userIds ?? []);
  const applicationIds = unique(ids.applicationIds ?? []);
  const byId = { 'search.id': userIds, 'mode.id': 'exact', isCaseSensitive: 'true' };
  const users = useQuery({
    ...listQuery(tenant, listUsers, { query: byId, pageSize: 100 }),
    enabled: userIds.length > 0,
    placeholderData: keepPreviousData,
  });
  const applications = useQueries({
    queries: applicationIds.map((id) => itemQuery(tenant, getApplication, { params: { id } })),
  });
  return {
    user(id: string): FoundName {
      const user = users.data?.items.find((candidate) => candidate.id === id);
      if (user) return nameOfUser(user);
      return users.data && !users.isPlaceholderData ? null : undefined;
    },
    application(id: string): FoundName {
      const { data, error } = applications[applicationIds.indexOf(id)] ?? {};
      return data?.name ?? (error?.status === 404 ? null : undefined);
    },
  };
}
