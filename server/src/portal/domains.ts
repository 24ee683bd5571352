/** `/portal/domains`: the domains of the organization, and how one is verified. */
import type { OrganizationDomain, PortalDomain } from '@aldaba/contract';
import type { AldabaError } from '../kernel/errors.ts';
import type { PortalRequest, PortalRoutes } from './requests.ts';

const domainIn = ({ request }: PortalRequest): string => (request.params as { domain: string }).domain;
const pathOf = (domain: string): string => `/domains/${encodeURIComponent(domain)}`;

const toShown = (found: OrganizationDomain): PortalDomain => ({
  domain: found.domain,
  state: stateOf(found),
  ...(found.losesAt === null ? {} : { losesAt: found.losesAt }),
});

function stateOf({ isVerified, verifiedBy, missingSince }: OrganizationDomain): PortalDomain['state'] {
  if (!isVerified) return 'unverified';
  const isByEmail = verifiedBy === 'email';
  if (missingSince !== null) return isByEmail ? 'expiring' : 'record-missing';
  return isByEmail ? 'confirmed' : 'verified';
}

export function domainRoutes({ needs, get, post }: PortalRoutes): void {
  const { organizationDomains: domains } = needs;
  const keyOf = (page: PortalRequest) => ({ organizationId: page.session.organizationId, domain: domainIn(page) });
  const list = async (page: PortalRequest, failure?: AldabaError) => {
    const all = await domains.list(page.request.tenant.db, page.session.organizationId);
    const typed = failure ? { typed: page.field('domain') } : {};
    return page.show({ part: 'domains', domains: all.map(toShown), ...typed }, failure);
  };
  const show = async (page: PortalRequest, failure?: AldabaError) => {
    const found = await domains.get(page.request.tenant.db, keyOf(page));
    const { record, email } = found;
    const isCodeSent = page.query('sent') === 'yes' || page.field('code') !== '';
    return page.show({ part: 'domain', domain: toShown(found), record, email, isCodeSent }, failure);
  };
  get('/domains', 'domains', (page) => list(page));
  get('/domains/:domain', 'domains', (page) => show(page));
  post(
    '/domains',
    'domains',
    async (page) => {
      const { request, session, administrator } = page;
      const key = { organizationId: session.organizationId, domain: page.field('domain').trim() };
      const { domain } = await domains.add(request.tenant, key, administrator.by);
      page.go(pathOf(domain), 'added');
    },
    list,
  );
  const verify = (
    at: string,
    proofOf: (page: PortalRequest) => { method: 'dns' } | { method: 'email'; code: string },
  ) =>
    post(
      `/domains/:domain/${at}`,
      'domains',
      async (page) => {
        const given = { proof: proofOf(page), by: page.administrator.by };
        const { domain } = await domains.verify(page.request.tenant, keyOf(page), given);
        page.go(pathOf(domain), 'verified');
      },
      show,
    );
  verify('check', () => ({ method: 'dns' }));
  verify('code', (page) => ({ method: 'email', code: page.field('code') }));
  post(
    '/domains/:domain/send',
    'domains',
    async (page) => {
      await domains.sendCode(page.request.tenant, keyOf(page), { locale: page.language, by: page.administrator.by });
      page.go(`${pathOf(domainIn(page))}?sent=yes`, 'sent');
    },
    show,
  );
  post(
    '/domains/:domain/remove',
    'domains',
    async (page) => {
      await domains.remove(page.request.tenant, keyOf(page), page.administrator.by);
      page.go('/domains', 'removed');
    },
    show,
  );
}
