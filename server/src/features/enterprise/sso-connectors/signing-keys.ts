/** The keys of the tenant's side of SAML connectors: made here, sealed at rest, rotated by operators. */
import type { SsoSigningKey } from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import { createSamlKeyPair, expiryStage } from '../../../services/saml/index.ts';
import type { Queries } from '../../../store/index.ts';
import { atomic } from '../../../store/transaction.ts';
import * as store from './signing-key-store.ts';

export interface SsoSigningKeys {
  /** The newest first. */
  list: (q: Queries, connectorId: string) => Promise<SsoSigningKey[]>;
  /** @throws AldabaError `entity.not_found` */
  create: (q: Queries, connectorId: string, options: { active: boolean }) => Promise<SsoSigningKey>;
  /** @throws AldabaError `entity.not_found`, `single_sign_on.signing_key_in_use` */
  update: (q: Queries, connectorId: string, keyId: string, patch: { active: boolean }) => Promise<SsoSigningKey>;
  /** @throws AldabaError `entity.not_found`, `single_sign_on.signing_key_in_use` */
  remove: (q: Queries, connectorId: string, keyId: string) => Promise<void>;
  /** With private keys, the active one first. */
  open: (q: Queries, connectorId: string) => Promise<{ privateKey: string; certificate: string; active: boolean }[]>;
}

/** Years for which a certificate is made: SAML partners compare keys, and look at the date alone. */
const years = 3;
const year = 365 * 86_400_000;

export function createSsoSigningKeys({ vault, clock }: { vault: Vault; clock: Clock }): SsoSigningKeys {
  const contextOf = (tenantId: string, id: string) => `${tenantId}/sso-signing-keys/${id}`;
  const shown = ({ privateKeySealed: _, ...key }: store.StoredKey): SsoSigningKey => ({
    ...key,
    isExpiring: expiryStage(key.expiresAt, clock.now()) !== undefined,
  });
  const require = async (q: Queries, connectorId: string, keyId: string) => {
    const found = (await store.findKeys(q, connectorId)).find(({ id }) => id === keyId);
    if (!found) throw new AldabaError('entity.not_found');
    return found;
  };
  return {
    list: async (q, connectorId) => (await store.findKeys(q, connectorId)).map(shown),
    async create(q, connectorId, { active }) {
      const now = clock.now();
      const [notBefore, notAfter] = [new Date(now - 86_400_000), new Date(now + years * year)];
      const pair = await createSamlKeyPair(`Aldaba ${connectorId}`, { notBefore, notAfter });
      const id = standardId();
      await q.transaction(async (tx) => {
        if (active) await store.deactivateKeys(tx, connectorId);
        await store.insertKey(tx, {
          id,
          ssoConnectorId: connectorId,
          privateKeySealed: vault.seal(pair.privateKey, contextOf(q.tenantId, id)),
          certificate: pair.certificate,
          createdAt: new Date(now),
          expiresAt: notAfter,
          active,
        });
      });
      return shown(await require(q, connectorId, id));
    },
    update: atomic(async (tx, connectorId, keyId, { active }) => {
      const { active: before } = await require(tx, connectorId, keyId);
      // Requests would go out unsigned, and encrypted assertions would have no key: another one is activated instead.
      if (before && !active) throw new AldabaError('single_sign_on.signing_key_in_use');
      if (active) {
        await store.deactivateKeys(tx, connectorId);
        await store.activateKey(tx, keyId);
      }
      return shown(await require(tx, connectorId, keyId));
    }),
    remove: atomic(async (tx, connectorId, keyId) => {
      if ((await require(tx, connectorId, keyId)).active) throw new AldabaError('single_sign_on.signing_key_in_use');
      await store.deleteKey(tx, keyId);
    }),
    open: async (q, connectorId) =>
      (await store.findKeys(q, connectorId))
        .sort((a, b) => Number(b.active) - Number(a.active))
        .map(({ id, privateKeySealed, certificate, active }) => ({
          privateKey: vault.open(privateKeySealed, contextOf(q.tenantId, id)),
          certificate,
          active,
        })),
  };
}
