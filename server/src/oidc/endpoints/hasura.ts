import * as contract from '@aldaba/contract';
import type { Implement, Request } from '../../http/index.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { Tenant } from '../../tenancy/index.ts';
import { bearerTokenOf } from '../bearer-token.ts';
import type { Core } from '../core.ts';

type HasuraCore = Pick<Core, 'keys' | 'users'>;

/** `/api/authn/hasura`: the webhook that Hasura asks for each request, with the headers of its caller. */
export function hasuraRoutes(implement: Implement, core: HasuraCore): void {
  implement(contract.getHasuraAuth, async ({ tenant, query, request }) => {
    try {
      return await authenticate(core, { tenant, request, resource: query.resource });
    } catch (error) {
      // Only a refusal makes the caller anonymous; an outage says nothing about the caller.
      const isRefusal = error instanceof AldabaError && error.status === 401;
      if (!isRefusal || query.unauthorizedRole === undefined) throw error;
      return { 'X-Hasura-Role': query.unauthorizedRole };
    }
  });
}

/** @throws AldabaError `auth.*` with status 401 */
async function authenticate(
  { keys, users }: HasuraCore,
  { tenant, request, resource }: { tenant: Tenant; request: Request; resource: string },
) {
  const claims = await keys.verify(tenant, bearerTokenOf(request), { type: 'at+jwt', audience: resource });
  // `aud` must be this API alone. A token in an organization has rights there, not the user's own roles.
  if (!claims || typeof claims.sub !== 'string' || claims.aud !== resource || claims.organization_id !== undefined)
    throw new AldabaError('auth.unauthorized');
  const subject = await users.findSubject(tenant.db, claims.sub);
  if (!subject || subject.user.isSuspended) throw new AldabaError('auth.unauthorized');
  const expected = request.headers['expected-role'];
  if (typeof expected !== 'string' || !subject.roleNames.includes(expected))
    throw new AldabaError('auth.expected_role_not_found');
  return { 'X-Hasura-User-Id': claims.sub, 'X-Hasura-Role': expected };
}
