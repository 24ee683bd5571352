import type { Queries } from '../../../store/database.ts';

/** Certificates that serve one purpose. */
export interface Held {
  purpose: 'provider' | 'signing key' | 'requests' | 'encryption';
  pems: readonly string[];
}

/** A SAML connector or application. */
export interface Holder {
  tenantId: string;
  ownerId: string;
  kind: 'connector' | 'application';
  organizationId: string | null;
  certificates: readonly Held[];
}

export interface Warning {
  purpose: Held['purpose'];
  fingerprint: string;
  expiresAt: number;
  stage: string;
}

export interface Place {
  kind: Holder['kind'];
  tenantId: string;
  ownerId: string;
}

export const start: Place = { kind: 'connector', tenantId: '', ownerId: '' };

const page = 200;

const connectors = `
  select c.tenant_id as "tenantId", c.id as "ownerId", c.organization_id as "organizationId",
    coalesce((select jsonb_agg(p) from jsonb_array_elements_text(c.provider_metadata -> 'certificates') p), '[]') as provider,
    coalesce((select jsonb_agg(k.certificate) from saml_sso_connector_signing_keys k
      where k.tenant_id = c.tenant_id and k.sso_connector_id = c.id and k.active), '[]') as "signing key"
  from sso_connectors c where c.provider_metadata is not null and (c.tenant_id, c.id) > ($1, $2)
  order by c.tenant_id, c.id limit ${page}`;

const applications = `
  select a.tenant_id as "tenantId", a.application_id as "ownerId", null as "organizationId",
    coalesce((select jsonb_agg(s.certificate) from saml_application_secrets s
      where s.tenant_id = a.tenant_id and s.application_id = a.application_id and s.active), '[]') as "signing key",
    to_jsonb(array_remove(array[a.request_certificate], null)) as requests,
    to_jsonb(array_remove(array[a.encryption ->> 'certificate'], null)) as encryption
  from saml_applications a where (a.tenant_id, a.application_id) > ($1, $2)
  order by a.tenant_id, a.application_id limit ${page}`;

const purposes: readonly Held['purpose'][] = ['provider', 'signing key', 'requests', 'encryption'];

/** Connectors and then applications of all tenants, in pages. */
export async function findHolders(
  system: Queries,
  { kind, tenantId, ownerId }: Place,
): Promise<{ holders: Holder[]; next: Place | undefined }> {
  type Row = Omit<Holder, 'kind' | 'certificates'> & Partial<Record<Held['purpose'], string[]>>;
  const rows = await system.raw<Row>(kind === 'connector' ? connectors : applications, [tenantId, ownerId]);
  const holders = rows.map(({ tenantId, ownerId, organizationId, ...held }) => {
    const certificates = purposes.map((purpose) => ({ purpose, pems: held[purpose] ?? [] }));
    return { tenantId, ownerId, organizationId, kind, certificates };
  });
  const last = holders.at(-1);
  if (last && holders.length === page) return { holders, next: last };
  return { holders, next: kind === 'connector' ? { ...start, kind: 'application' } : undefined };
}

/** Returns whether the warning is new. */
export async function noteWarning(
  system: Queries,
  { tenantId, ownerId }: Holder,
  { fingerprint, stage, expiresAt }: Warning,
): Promise<boolean> {
  const rows = await system.raw(
    `insert into certificate_warnings (tenant_id, owner_id, fingerprint, stage, expires_at)
     values ($1, $2, $3, $4, $5) on conflict do nothing returning 1`,
    [tenantId, ownerId, fingerprint, stage, new Date(expiresAt)],
  );
  return rows.length > 0;
}

/** Forgets warnings of certificates that ended before a time, unless they are still in use and would be repeated. */
export async function forgetWarnings(system: Queries, before: Date): Promise<void> {
  await system.raw(
    `delete from certificate_warnings w where w.expires_at < $1
       and not exists (select 1 from sso_connectors c where c.tenant_id = w.tenant_id and c.id = w.owner_id)
       and not exists (select 1 from saml_applications a where a.tenant_id = w.tenant_id and a.application_id = w.owner_id)`,
    [before],
  );
}
