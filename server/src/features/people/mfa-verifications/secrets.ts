import type { Vault } from '../../../kernel/crypto.ts';
import type { SecretType } from './store.ts';

/** Seals the secrets of factors. A value sealed for one tenant, type or row cannot be opened for another. */
export interface Secrets {
  /** For a factor not yet bound to a user; the sealed text is kept in the sign-in state. */
  sealNew: (tenantId: string, type: SecretType, secret: string) => string;
  openNew: (tenantId: string, type: SecretType, sealed: string) => string;
  /** For a row of mfa_verifications. */
  seal: (tenantId: string, id: string, secret: string) => string;
  open: (tenantId: string, id: string, sealed: string) => string;
}

export function createSecrets(vault: Vault): Secrets {
  const contextOfNew = (tenantId: string, type: SecretType) => `${tenantId}/sign-in/new-factor/${type}`;
  const contextOf = (tenantId: string, id: string) => `${tenantId}/mfa_verifications/${id}`;
  return {
    sealNew: (tenantId, type, secret) => vault.seal(secret, contextOfNew(tenantId, type)),
    openNew: (tenantId, type, sealed) => vault.open(sealed, contextOfNew(tenantId, type)),
    seal: (tenantId, id, secret) => vault.seal(secret, contextOf(tenantId, id)),
    open: (tenantId, id, sealed) => vault.open(sealed, contextOf(tenantId, id)),
  };
}
