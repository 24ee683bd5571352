import type { AuditKey, BodyOf, OrganizationDomain, verifyOrganizationDomain } from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { normalizeDomain } from '../../../kernel/identifiers.ts';
import { standardSecret } from '../../../kernel/ids.ts';
import { isPublicMailDomain } from '../../../kernel/public-mail-domains.ts';
import type { Queries, Sweep } from '../../../store/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { VerificationCodes } from '../../connectors/verification-codes/index.ts';
import type { Organizations } from '../../organizations/organizations/index.ts';
import { createDomainChecks, type DomainChecksNeeds } from './checks.ts';
import { isPublished } from './records.ts';
import { checkAfter } from './rules.ts';
import type { DomainKey } from './store.ts';
import * as store from './store.ts';
import { toDomain } from './views.ts';
import { withdrawDomain } from './withdrawal.ts';

export interface OrganizationDomainsNeeds extends DomainChecksNeeds {
  clock: Clock;
  organizations: Pick<Organizations, 'get'>;
  verificationCodes: Pick<VerificationCodes, 'send' | 'verify'>;
}

/** Who acts, for the audit log. */
type Actor = Readonly<Record<string, string>>;

export interface OrganizationDomains {
  /** @throws AldabaError `entity.not_exists_with_id` if the organization does not exist */
  list: (q: Queries, organizationId: string) => Promise<OrganizationDomain[]>;
  /** @throws AldabaError `entity.not_found` */
  get: (q: Queries, key: DomainKey) => Promise<OrganizationDomain>;
  /**
   * @throws AldabaError `organization_domain.invalid`, `organization_domain.public`, `organization_domain.too_many`,
   *   `entity.unique_integrity_violation`, `entity.relation_foreign_key_not_found`
   */
  add: (tenant: Tenant, key: DomainKey, by: Actor) => Promise<OrganizationDomain>;
  /** @throws AldabaError `entity.not_found` */
  remove: (tenant: Tenant, key: DomainKey, by: Actor) => Promise<void>;
  /** Sends a code to the postmaster. @throws `entity.not_found`, and the errors of `VerificationCodes.send` */
  sendCode: (tenant: Tenant, key: DomainKey, given: { locale?: string; by: Actor }) => Promise<void>;
  /**
   * Verifies a domain. A verified one is proved again if its record is missing, or by DNS if it was by email; else it
   * stays as it is.
   * @throws AldabaError `entity.not_found`, `organization_domain.record_not_found`,
   *   `organization_domain.lookup_failed`, `organization_domain.taken`, `verification_code.…`
   */
  verify: (tenant: Tenant, key: DomainKey, given: { proof: DomainProof; by: Actor }) => Promise<OrganizationDomain>;
  /** Whether a domain, in any spelling, is verified for this organization. */
  isVerifiedDomainOf: (q: Queries, organizationId: string, domain: string) => Promise<boolean>;
  /** Checks verified domains again, of all tenants. */
  sweep: Sweep;
}

type DomainProof = BodyOf<typeof verifyOrganizationDomain>;

/** Domains of one organization, verified or not. */
const maximum = 100;

export function createOrganizationDomains(needs: OrganizationDomainsNeeds): OrganizationDomains {
  const { clock, logs, events, ssoConnectors, organizations } = needs;
  const get = async (q: Queries, { organizationId, domain }: DomainKey) => {
    const row = await store.findDomain(q, { organizationId, domain: spelled(domain) });
    if (!row) throw new AldabaError('entity.not_found');
    return toDomain(row);
  };
  const audit = (q: Queries, key: AuditKey, { organizationId, domain }: DomainKey, more: object) =>
    q.afterCommit(() =>
      logs.write(q.tenantId, { key, result: 'Success', organizationId, params: { domain, ...more } }),
    );
  return {
    list: async (q, organizationId) => {
      await organizations.get(q, organizationId);
      return (await store.findDomains(q, organizationId)).map(toDomain);
    },
    get,
    add: ({ db }, { organizationId, domain: typed }, by) =>
      db.transaction(async (tx) => {
        const domain = normalizeDomain(typed);
        if (domain === undefined) throw new AldabaError('organization_domain.invalid');
        if (isPublicMailDomain(domain)) throw new AldabaError('organization_domain.public', { domain });
        await store.lockDomains(tx, organizationId);
        if ((await store.findDomains(tx, organizationId)).length >= maximum)
          throw new AldabaError('organization_domain.too_many', { maximum });
        const row = { organizationId, domain, token: standardSecret(), now: new Date(clock.now()) };
        await store.insertDomain(tx, row);
        audit(tx, 'Organization.AddDomain', row, by);
        return get(tx, row);
      }),
    remove: ({ db }, key, by) =>
      db.transaction(async (tx) => {
        const found = await get(tx, key);
        await store.deleteDomain(tx, found);
        const { organizationId, domain } = found;
        // A domain that is no longer checked gives no more than one that was lost.
        const ended = found.isVerified ? await withdrawDomain(needs, tx, found) : {};
        audit(tx, 'Organization.RemoveDomain', found, { ...by, ...ended });
        if (!found.isVerified) return;
        await events.publish(tx, 'OrganizationDomain.Deleted', { organizationId, domain, data: null });
      }),
    sendCode: async (tenant, key, { locale, by }) => {
      const { email, ...domain } = await get(tenant.db, key);
      // An organization can ask for codes all day: 6 digits would be guessed within months.
      const message = { purpose: purposeOf(domain), template: 'Generic', delivery: 'awaited', digits: 12 } as const;
      await needs.verificationCodes.send(tenant, { type: 'Email', value: email }, { ...message, locale });
      audit(tenant.db, 'Organization.SendDomainCode', domain, by);
    },
    verify: async (tenant, key, { proof, by }) => {
      const found = await get(tenant.db, key);
      if (isProved(found, proof)) return found;
      await prove(needs, tenant, found, proof);
      return tenant.db
        .transaction(async (tx) => {
          const row = await store.findDomain(tx, found, { locks: true });
          const now = clock.now();
          const nextCheckAt = checkAfter(proof.method, now);
          await store.markVerified(tx, found, { by: proof.method, now: new Date(now), nextCheckAt });
          const domain = await get(tx, found);
          if (row?.verified_at) return domain;
          audit(tx, 'Organization.VerifyDomain', found, { ...by, method: proof.method });
          await ssoConnectors.owned.domainsChanged(tx);
          await events.publish(tx, 'OrganizationDomain.Verified', { data: domain });
          return domain;
        })
        .catch(asTaken);
    },
    isVerifiedDomainOf: async (q, organizationId, domain) =>
      ((await store.findDomain(q, { organizationId, domain: spelled(domain) }))?.verified_at ?? null) !== null,
    sweep: createDomainChecks(needs),
  };
}

const isProved = ({ isVerified, verifiedBy, missingSince }: OrganizationDomain, { method }: DomainProof): boolean =>
  isVerified && missingSince === null && !(verifiedBy === 'email' && method === 'dns');

const spelled = (domain: string): string => normalizeDomain(domain) ?? domain;

/** A code for one organization proves nothing for another. */
const purposeOf = ({ organizationId, domain }: DomainKey) => `organization-domain ${organizationId} ${domain}` as const;

async function prove(
  { verificationCodes, resolveTxt }: OrganizationDomainsNeeds,
  tenant: Tenant,
  domain: OrganizationDomain,
  proof: DomainProof,
): Promise<void> {
  if (proof.method === 'email') {
    const { code } = proof;
    const address = { type: 'Email', value: domain.email } as const;
    return verificationCodes.verify(tenant, address, { purpose: purposeOf(domain), code });
  }
  const isThere = await isPublished(resolveTxt, domain.record).catch((error: unknown) => {
    throw new AldabaError('organization_domain.lookup_failed', { domain: domain.domain }, { cause: error });
  });
  if (!isThere) throw new AldabaError('organization_domain.record_not_found', { name: domain.record.name });
}

function asTaken(error: unknown): never {
  const isTaken = error instanceof AldabaError && error.code === 'entity.unique_integrity_violation';
  throw isTaken ? new AldabaError('organization_domain.taken', undefined, { cause: error }) : error;
}
