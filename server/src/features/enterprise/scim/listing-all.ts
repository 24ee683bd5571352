/** The search at the root of the server: users, then groups (RFC 7644 section 3.4.3). */
import type { ScimSearch } from '@aldaba/contract/scim';
import { ScimError } from './errors.ts';
import type { ListResponse } from './listing.ts';
import type { Scim, ScimCall } from './service.ts';

export async function searchAll(scim: Scim, call: ScimCall, search: ScimSearch): Promise<ListResponse> {
  let failure: unknown;
  // A filter about an attribute of one type matches no resource of the other.
  const list = async (type: 'users' | 'groups', part: ScimSearch) => {
    try {
      return await scim[type].list(call, part);
    } catch (error) {
      if (!(error instanceof ScimError) || !['invalidFilter', 'invalidPath'].includes(error.scimType ?? ''))
        throw error;
      failure ??= error;
      return undefined;
    }
  };
  const users = await list('users', search);
  const found = users?.Resources ?? [];
  const startindex = Math.max(1, search.startindex - (users?.totalResults ?? 0));
  const groups = await list('groups', { ...search, startindex, count: search.count - found.length });
  if (!users && !groups) throw failure;
  const resources = [...found, ...(groups?.Resources ?? [])];
  return {
    schemas: (users ?? groups)?.schemas ?? [],
    totalResults: (users?.totalResults ?? 0) + (groups?.totalResults ?? 0),
    startIndex: search.startindex,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}
