import { X509Certificate } from 'node:crypto';
import type { SamlApplicationSecret } from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import { createSamlKeyPair, expiryStage, type SamlKeyPair, type SigningKey } from '../../../services/saml/index.ts';
import type { Queries } from '../../../store/database.ts';
import { atomic } from '../../../store/transaction.ts';
import * as store from './store.ts';

interface NewSecret extends SamlKeyPair {
  createdAt: Date;
  expiresAt: Date;
}

/** The keys that responses are signed with, each in a certificate; one is active. */
export interface SamlSecrets {
  /** Newest first. */
  list: (q: Queries, applicationId: string) => Promise<SamlApplicationSecret[]>;
  /** Makes a key and its certificate, which takes a tenth of a second: not for a transaction. */
  make: (lifeSpanInYears: number) => Promise<NewSecret>;
  /** The first one is active, others are not. @throws AldabaError `application.saml_too_many_secrets` */
  add: (q: Queries, applicationId: string, secret: NewSecret) => Promise<SamlApplicationSecret>;
  /** @throws AldabaError `application.saml_secret_expired`, `entity.not_exists_with_id` */
  setActive: (q: Queries, at: { applicationId: string; id: string }, active: boolean) => Promise<SamlApplicationSecret>;
  /** @throws AldabaError `application.saml_secret_active`, `entity.not_exists_with_id` */
  remove: (q: Queries, at: { applicationId: string; id: string }) => Promise<void>;
  /** The active key, opened. @throws AldabaError `saml.not_set_up` without one */
  signingKey: (q: Queries, applicationId: string) => Promise<SigningKey>;
  /** Certificates that have not expired, the active one first. */
  certificates: (q: Queries, applicationId: string) => Promise<string[]>;
}

const maximum = 10;

export function createSamlSecrets({ clock, vault }: { clock: Clock; vault: Vault }): SamlSecrets {
  const contextOf = (q: Queries, applicationId: string, id: string) =>
    `${q.tenantId}/saml_application_secrets/${applicationId}/${id}`;
  const shown = ({ privateKeySealed: _sealed, ...secret }: store.StoredSecret): SamlApplicationSecret => ({
    ...secret,
    createdAt: secret.createdAt.getTime(),
    expiresAt: secret.expiresAt.getTime(),
    fingerprints: { sha256: fingerprintOf(secret.certificate) },
    isExpiring: expiryStage(secret.expiresAt.getTime(), clock.now()) !== undefined,
  });
  const get = async (q: Queries, { applicationId, id }: { applicationId: string; id: string }) => {
    const secret = (await store.findSecrets(q, applicationId)).find((one) => one.id === id);
    if (!secret) throw new AldabaError('entity.not_exists_with_id', { name: 'certificate', id });
    return secret;
  };
  return {
    list: async (q, applicationId) => (await store.findSecrets(q, applicationId)).map(shown),
    make: async (lifeSpanInYears) => {
      const createdAt = new Date(clock.now());
      const expiresAt = new Date(createdAt);
      expiresAt.setUTCFullYear(expiresAt.getUTCFullYear() + lifeSpanInYears);
      const keys = await createSamlKeyPair('Aldaba SAML', { notBefore: createdAt, notAfter: expiresAt });
      return { ...keys, createdAt, expiresAt };
    },
    add: atomic(async (tx, applicationId, { privateKey, certificate, createdAt, expiresAt }) => {
      await store.lockConfiguration(tx, applicationId);
      const existing = await store.findSecrets(tx, applicationId);
      if (existing.length >= maximum) throw new AldabaError('application.saml_too_many_secrets');
      const id = standardId();
      const privateKeySealed = vault.seal(privateKey, contextOf(tx, applicationId, id));
      const secret = { id, privateKeySealed, certificate, createdAt, expiresAt, active: existing.length === 0 };
      await store.insertSecret(tx, applicationId, secret);
      return shown(secret);
    }),
    setActive: atomic(async (tx, at, active) => {
      await store.lockConfiguration(tx, at.applicationId);
      const secret = await get(tx, at);
      if (active && secret.expiresAt.getTime() <= clock.now()) throw new AldabaError('application.saml_secret_expired');
      await store.setActive(tx, at.applicationId, at.id, active);
      return shown({ ...secret, active });
    }),
    remove: async (q, at) => {
      await get(q, at);
      if (!(await store.deleteInactiveSecret(q, at.applicationId, at.id)))
        throw new AldabaError('application.saml_secret_active');
    },
    signingKey: async (q, applicationId) => {
      const secret = (await store.findSecrets(q, applicationId)).find(({ active }) => active);
      if (!secret) throw new AldabaError('saml.not_set_up');
      const privateKey = vault.open(secret.privateKeySealed, contextOf(q, applicationId, secret.id));
      return { privateKey, certificate: secret.certificate, algorithm: 'rsa-sha256' };
    },
    certificates: async (q, applicationId) => {
      const secrets = await store.findSecrets(q, applicationId);
      const current = secrets.filter(({ active, expiresAt }) => active || expiresAt.getTime() > clock.now());
      return current.sort((a, b) => Number(b.active) - Number(a.active)).map(({ certificate }) => certificate);
    },
  };
}

function fingerprintOf(certificate: string): SamlApplicationSecret['fingerprints']['sha256'] {
  const formatted = new X509Certificate(certificate).fingerprint256;
  return { formatted, unformatted: formatted.replaceAll(':', '').toLowerCase() };
}
