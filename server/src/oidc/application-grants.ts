import type { ApplicationGrant } from '@aldaba/contract';
import { createUserAgentParser } from '../features/records/logs/index.ts';
import { AldabaError } from '../kernel/errors.ts';
import type { Listed, Slice } from '../store/list.ts';
import type { Tenant } from '../tenancy/index.ts';
import { auditGrantRevoked } from './audit.ts';
import type { OidcNeeds } from './needs.ts';
import { findApplicationGrants } from './store/application-grants.ts';
import { deleteGrant } from './store/grants.ts';

/** What users allowed an application, for operators. */
export interface ApplicationGrants {
  /** Newest first. @throws AldabaError `entity.not_exists_with_id` for an unknown application */
  list: (tenant: Tenant, applicationId: string, slice: Slice) => Promise<Listed<ApplicationGrant>>;
  /** @throws AldabaError `oidc.invalid_grant` (404) */
  revoke: (tenant: Tenant, grant: { applicationId: string; grantId: string }) => Promise<void>;
}

export function createApplicationGrants({
  applications,
  clock,
  logs,
}: Pick<OidcNeeds, 'applications' | 'clock' | 'logs'>): ApplicationGrants {
  return {
    async list(tenant, applicationId, slice) {
      const { items, total } = await findApplicationGrants(tenant.db, applicationId, {
        now: new Date(clock.now()),
        slice,
      });
      if (total === 0 && !(await applications.findClient(tenant, applicationId)))
        throw new AldabaError('entity.not_exists_with_id', { name: 'application', id: applicationId });
      const parse = await createUserAgentParser();
      return {
        total,
        items: items.map(({ session, ...grant }) => ({
          ...grant,
          createdAt: grant.createdAt.getTime(),
          expiresAt: grant.expiresAt.getTime(),
          session: session
            ? {
                ...session,
                authenticatedAt: session.authenticatedAt.getTime(),
                ...(session.userAgent === null ? {} : { userAgentParsed: parse(session.userAgent) }),
              }
            : null,
        })),
      };
    },
    async revoke(tenant, { applicationId, grantId }) {
      if (!(await deleteGrant(tenant.db, grantId, { applicationId }))) throw new AldabaError('oidc.invalid_grant');
      auditGrantRevoked({ logs }, tenant.id, { grantId, applicationId });
    },
  };
}
