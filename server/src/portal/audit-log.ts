/** `/portal/audit-logs`: what was changed for the organization, and by whom. */
import type { DelegatedLog, PortalLogEntry } from '@aldaba/contract';
import { pageIn } from './members.ts';
import type { PortalRoutes } from './requests.ts';

const pageSize = 25;

export function auditLogRoutes({ needs, get }: PortalRoutes): void {
  get('/audit-logs', 'audit-logs', async (page) => {
    const number = pageIn(page);
    const { items, total } = await needs.organizationAdministration.listLogs(
      page.request.tenant.db,
      page.session.organizationId,
      { limit: pageSize, offset: (number - 1) * pageSize },
    );
    const entries = items.map(toEntry);
    return page.show({ part: 'audit-logs', entries, page: number, hasMore: total > number * pageSize });
  });
}

function toEntry({ id, key, result, createdAt, source, actor, subject, roles }: DelegatedLog): PortalLogEntry {
  const detail = [...(subject === null ? [] : [subject]), ...roles].join(' · ');
  return {
    ...{ id, event: key, time: createdAt, hasFailed: result === 'Error', source },
    ...(detail === '' ? {} : { detail }),
    ...(actor === null ? {} : { actor: actor.name }),
  };
}
