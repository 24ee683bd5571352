/**
 * Queries and changes by route of the contract. The key of a query is the tenant, the route's path and what it was
 * given; a change reloads every query of the same resource (`/api/<resource>`).
 */
import { ApiError, type Arguments, type BodyFrom, type List, type RouteContract } from '@aldaba/contract/client';
import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { apiOf } from './client.ts';
import { queryClient } from './query-client.ts';

/** The tenant in the address. */
export const useTenant = (): string => useParams({ from: '/t/$tenant' }).tenant;

/** One thing, or a list that is short enough to come whole. */
export const itemQuery = <const R extends RouteContract>(tenant: string, route: R, ...given: Arguments<R>) =>
  queryOptions<BodyFrom<R>, ApiError>({
    queryKey: [tenant, route.path, ...given],
    queryFn: () => apiOf(tenant).call(route, ...given),
  });

export const useItem = <const R extends RouteContract>(route: R, ...given: Arguments<R>) =>
  useQuery(itemQuery(useTenant(), route, ...given));

/** One thing that may not be set yet: null then, and not an error, so that its form stays while it is read again. */
export function useItemIfSet<const R extends RouteContract>(route: R, ...given: Arguments<R>) {
  const tenant = useTenant();
  return useQuery<BodyFrom<R> | null, ApiError>({
    queryKey: [tenant, route.path, ...given, 'if set'],
    queryFn: () =>
      apiOf(tenant)
        .call(route, ...given)
        .catch((error: unknown) => {
          if (error instanceof ApiError && error.status === 404) return null;
          throw error;
        }),
  });
}

/** One page of a list with the total. */
export const listQuery = <const R extends RouteContract>(tenant: string, route: R, ...given: Arguments<R>) =>
  queryOptions<List<R>, ApiError>({
    queryKey: [tenant, route.path, 'list', ...given],
    queryFn: () => apiOf(tenant).list(route, ...given),
  });

/** A page of a list. While the next one loads, the one before stays; the page after it is fetched ahead. */
export function useList<const R extends RouteContract>(route: R, ...given: Arguments<R>) {
  const tenant = useTenant();
  const found = useQuery({ ...listQuery(tenant, route, ...given), placeholderData: keepPreviousData });
  const { page = 1, pageSize = 20 } = (given[0] ?? {}) as { page?: number; pageSize?: number };
  if (found.data && !found.isPlaceholderData && found.data.total > page * pageSize) {
    const next = [{ ...given[0], page: page + 1 }] as unknown as Arguments<R>;
    void queryClient.prefetchQuery(listQuery(tenant, route, ...next));
  }
  return found;
}

/**
 * A change through a route. Queries of the same resource, and of those in `also`, are loaded again afterwards.
 *
 * @param also further resources that the change shows in, e.g. `['/api/roles']`
 */
export function useChange<const R extends RouteContract>(route: R, { also = [] }: { also?: readonly string[] } = {}) {
  const tenant = useTenant();
  const client = useQueryClient();
  const roots = [rootOf(route.path), ...also];
  return useMutation<BodyFrom<R>, ApiError, NonNullable<Arguments<R>[0]>>({
    mutationFn: (given) => apiOf(tenant).call(route, ...([given] as unknown as Arguments<R>)),
    onSuccess: (_, given) =>
      client.invalidateQueries({
        predicate: ({ queryKey: [of, path, asked] }) =>
          of === tenant &&
          typeof path === 'string' &&
          roots.some((root) => path === root || path.startsWith(`${root}/`)) &&
          // What was deleted is not asked for again: its page is still there until the list is.
          !(route.method === 'DELETE' && path === route.path && paramsOf(asked) === paramsOf(given)),
      }),
  });
}

const rootOf = (path: string): string => path.split('/', 3).join('/');
const paramsOf = (given: unknown): string | undefined =>
  JSON.stringify((given as { params?: object } | undefined)?.params);
