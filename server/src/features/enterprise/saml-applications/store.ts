import type { SamlApplication } from '@aldaba/contract';
import type { Queries, Transaction } from '../../../store/database.ts';

/** What is agreed with a service provider. */
export type SamlConfiguration = Pick<
  SamlApplication,
  | 'attributeMapping'
  | 'entityId'
  | 'acsUrl'
  | 'additionalAcsUrls'
  | 'encryption'
  | 'nameIdFormat'
  | 'singleLogoutUrl'
  | 'requestCertificate'
>;

export interface StoredSecret {
  id: string;
  privateKeySealed: string;
  /** PEM. */
  certificate: string;
  createdAt: Date;
  expiresAt: Date;
  active: boolean;
}

const members = `attribute_mapping as "attributeMapping", entity_id as "entityId", acs_url as "acsUrl",
  additional_acs_urls as "additionalAcsUrls", encryption,
  name_id_format as "nameIdFormat", single_logout_url as "singleLogoutUrl", request_certificate as "requestCertificate"`;

export async function findConfiguration(q: Queries, applicationId: string): Promise<SamlConfiguration | undefined> {
  const [row] = await q.raw<SamlConfiguration>(
    `select ${members} from saml_applications where tenant_id = $1 and application_id = $2`,
    [q.tenantId, applicationId],
  );
  return row;
}

/** Inserts or replaces the whole configuration. */
export async function saveConfiguration(q: Queries, applicationId: string, own: SamlConfiguration): Promise<void> {
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
  await q.raw(
    `insert into saml_applications (tenant_id, application_id, attribute_mapping, entity_id, acs_url, encryption,
        name_id_format, single_logout_url, request_certificate, additional_acs_urls)
     values ($1, $2, $3::jsonb, $4, $5::jsonb, $6::jsonb, $7, $8::jsonb, $9, $10::jsonb)
     on conflict (tenant_id, application_id) do update set
       attribute_mapping = excluded.attribute_mapping, entity_id = excluded.entity_id, acs_url = excluded.acs_url,
       encryption = excluded.encryption, name_id_format = excluded.name_id_format,
       single_logout_url = excluded.single_logout_url, request_certificate = excluded.request_certificate,
       additional_acs_urls = excluded.additional_acs_urls`,
    [
      q.tenantId,
      applicationId,
      json(own.attributeMapping),
      own.entityId,
      json(own.acsUrl),
      json(own.encryption),
      own.nameIdFormat,
      json(own.singleLogoutUrl),
      own.requestCertificate,
      json(own.additionalAcsUrls),
    ],
  );
}

const secretMembers = `id, private_key_sealed as "privateKeySealed", certificate, created_at as "createdAt",
  expires_at as "expiresAt", active`;

/** Newest first. */
export const findSecrets = (q: Queries, applicationId: string): Promise<StoredSecret[]> =>
  q.raw<StoredSecret>(
    `select ${secretMembers} from saml_application_secrets where tenant_id = $1 and application_id = $2
      order by created_at desc, id`,
    [q.tenantId, applicationId],
  );

export async function insertSecret(q: Queries, applicationId: string, secret: StoredSecret): Promise<void> {
  await q.raw(
    `insert into saml_application_secrets (tenant_id, application_id, id, private_key_sealed, certificate, created_at,
        expires_at, active)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      q.tenantId,
      applicationId,
      secret.id,
      secret.privateKeySealed,
      secret.certificate,
      secret.createdAt,
      secret.expiresAt,
      secret.active,
    ],
  );
}

/** Concurrent changes of the certificates of an application wait for each other. */
export async function lockConfiguration(tx: Transaction, applicationId: string): Promise<void> {
  await tx.raw('select 1 from saml_applications where tenant_id = $1 and application_id = $2 for update', [
    tx.tenantId,
    applicationId,
  ]);
}

/** Deactivates all certificates of the application, then sets one. Run it in a transaction. */
export async function setActive(q: Transaction, applicationId: string, id: string, active: boolean): Promise<void> {
  const mine = [q.tenantId, applicationId];
  if (active)
    await q.raw(
      'update saml_application_secrets set active = false where tenant_id = $1 and application_id = $2 and active',
      mine,
    );
  await q.raw(
    'update saml_application_secrets set active = $4 where tenant_id = $1 and application_id = $2 and id = $3',
    [...mine, id, active],
  );
}

/** Returns false if it is active or does not exist. */
export async function deleteInactiveSecret(q: Queries, applicationId: string, id: string): Promise<boolean> {
  const rows = await q.raw(
    `delete from saml_application_secrets
      where tenant_id = $1 and application_id = $2 and id = $3 and not active returning 1`,
    [q.tenantId, applicationId, id],
  );
  return rows.length > 0;
}
