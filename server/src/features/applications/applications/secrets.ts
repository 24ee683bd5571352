import type { Application, ApplicationSecret } from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardSecret } from '../../../kernel/ids.ts';
import { constraintOf } from '../../../store/constraint.ts';
import type { Queries, Transaction } from '../../../store/database.ts';
import { atomic } from '../../../store/transaction.ts';
import type { ClientSecret } from './client.ts';
import * as store from './store.ts';

/** The secrets of an application, sealed at rest and bound to tenant, application and name. */
export interface Secrets {
  listSecrets: (q: Queries, applicationId: string) => Promise<ApplicationSecret[]>;
  /**
   * Creates a named secret. `expiresAt` is in milliseconds since the epoch.
   * @throws AldabaError `application.secret_name_exists`, `application.invalid_type` for public clients
   */
  createSecret: (
    q: Queries,
    applicationId: string,
    draft: { name: string; expiresAt?: number | null | undefined },
  ) => Promise<ApplicationSecret>;
  renameSecret: (q: Queries, at: { id: string; name: string }, name: string) => Promise<ApplicationSecret>;
  deleteSecret: (q: Queries, at: { id: string; name: string }) => Promise<void>;
  /** Deletes the secret from before named secrets. @throws AldabaError `application.no_legacy_secret_found` */
  deleteFirstSecret: (q: Queries, applicationId: string) => Promise<Application>;
}

interface SecretsNeeds {
  vault: Vault;
  clock: Clock;
  /** The application's cache entry is dropped when `tx` commits. */
  changed: (tx: Transaction, applicationId: string) => Promise<void>;
}

export function createSecrets({ vault, clock, changed }: SecretsNeeds) {
  const contextOf = (q: Queries, applicationId: string, name: string) =>
    `${q.tenantId}/application_secrets/${applicationId}/${name}`;
  const open = (
    q: Queries,
    applicationId: string,
    { valueSealed, ...secret }: store.StoredSecret,
  ): ApplicationSecret => ({
    tenantId: q.tenantId,
    applicationId,
    ...secret,
    value: vault.open(valueSealed, contextOf(q, applicationId, secret.name)),
  });
  const openFirst = (q: Queries, applicationId: string, sealed: string) =>
    vault.open(sealed, `${q.tenantId}/applications/${applicationId}`);
  const require = async (q: Queries, id: string) => {
    const application = await store.findApplication(q, id);
    if (!application) throw new AldabaError('entity.not_exists_with_id', { name: 'application', id });
    return application;
  };
  const addSecret = async (
    tx: Transaction,
    applicationId: string,
    secret: { name: string; value: string; expiresAt?: number | null | undefined },
  ): Promise<ApplicationSecret> => {
    const stored = await named(
      store.insertSecret(tx, applicationId, {
        name: secret.name,
        valueSealed: vault.seal(secret.value, contextOf(tx, applicationId, secret.name)),
        createdAt: new Date(clock.now()),
        expiresAt: typeof secret.expiresAt === 'number' ? new Date(secret.expiresAt) : null,
      }),
    );
    await changed(tx, applicationId);
    return open(tx, applicationId, stored);
  };

  return {
    openFirst,
    addSecret,
    /** Every secret of the client in plain text, including expired ones, so that the error can name them. */
    openAll: async (q: Queries, application: store.StoredApplication): Promise<ClientSecret[]> => {
      const first =
        application.secretSealed === null ? [] : [{ value: openFirst(q, application.id, application.secretSealed) }];
      const named = (await store.findSecrets(q, application.id)).map((secret) => open(q, application.id, secret));
      return [
        ...first,
        ...named.map(({ name, value, expiresAt }) => ({ name, value, ...(expiresAt === null ? {} : { expiresAt }) })),
      ];
    },
    listSecrets: async (q: Queries, applicationId: string) => {
      await require(q, applicationId);
      return (await store.findSecrets(q, applicationId)).map((secret) => open(q, applicationId, secret));
    },
    createSecret: atomic(
      async (
        tx: Transaction,
        applicationId: string,
        draft: { name: string; expiresAt?: number | null | undefined },
      ) => {
        const { type } = await require(tx, applicationId);
        if (type === 'Native' || type === 'SPA' || type === 'SAML') throw new AldabaError('application.invalid_type');
        if (typeof draft.expiresAt === 'number' && draft.expiresAt <= clock.now()) {
          throw new AldabaError('request.invalid_input', { details: 'expiresAt must be in the future.' });
        }
        return addSecret(tx, applicationId, { ...draft, value: standardSecret() });
      },
    ),
    renameSecret: atomic(async (tx: Transaction, at: { id: string; name: string }, name: string) => {
      const secret = (await store.findSecrets(tx, at.id)).find((stored) => stored.name === at.name);
      if (!secret) throw new AldabaError('application.secret_not_found');
      const valueSealed = vault.seal(open(tx, at.id, secret).value, contextOf(tx, at.id, name));
      const renamed = await named(
        store.renameSecret(tx, { applicationId: at.id, name: at.name }, { name, valueSealed }),
      );
      if (!renamed) throw new AldabaError('application.secret_not_found');
      await changed(tx, at.id);
      return open(tx, at.id, renamed);
    }),
    deleteSecret: atomic(async (tx: Transaction, at: { id: string; name: string }) => {
      if ((await store.deleteSecretRow(tx, { applicationId: at.id, name: at.name })) === 0)
        throw new AldabaError('application.secret_not_found');
      await changed(tx, at.id);
    }),
  };
}

async function named<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (constraintOf(error) === 'application_secrets_pkey')
      throw new AldabaError('application.secret_name_exists', undefined, { cause: error });
    throw error;
  }
}
