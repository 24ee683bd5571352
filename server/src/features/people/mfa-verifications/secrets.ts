import type { Vault } from '../../../kernel/crypto.ts';

/** A factor with a secret that is kept: what lies in an authenticator app, or on a list of codes. */
export type SecretType = 'Totp' | 'BackupCode';

/** Seals what factors keep secret. What was sealed for one tenant, kind or row opens nowhere else. */
export interface Secrets {
  /** For a factor that nobody has yet; the sealed text travels in the state of a sign-in. */
  sealNew(tenantId: string, type: SecretType, secret: string): string;
  openNew(tenantId: string, type: SecretType, sealed: string): string;
  /** For a row of mfa_verifications. */
  seal(tenantId: string, id: string, secret: string): string;
  open(tenantId: string, id: string, sealed: string): string;
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
