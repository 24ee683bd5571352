import {
  type AdminConsoleConfig,
  adminConsoleConfigSchema,
  type ExtendedClaim,
  type IdTokenConfig,
  idTokenConfigSchema,
  type SessionConfig,
  type SigningAlgorithms,
  sessionConfigSchema,
  signingAlgorithmsSchema,
} from '@aldaba/contract';
import { defined } from '../../../kernel/defined.ts';
import type { Tenancy, Tenant } from '../../../tenancy/index.ts';

export interface Configs {
  session: (tenant: Tenant) => Promise<SessionConfig>;
  idToken: (tenant: Tenant) => Promise<IdTokenConfig>;
  adminConsole: (tenant: Tenant) => Promise<AdminConsoleConfig>;
  signingAlgorithms: (tenant: Tenant) => Promise<SigningAlgorithms>;
  changeSigningAlgorithms: (tenant: Tenant, change: Change<SigningAlgorithms>) => Promise<SigningAlgorithms>;
  changeSession: (tenant: Tenant, change: Change<SessionConfig>) => Promise<SessionConfig>;
  changeIdToken: (tenant: Tenant, change: Change<IdTokenConfig>) => Promise<IdTokenConfig>;
  changeAdminConsole: (tenant: Tenant, change: Change<AdminConsoleConfig>) => Promise<AdminConsoleConfig>;
  /** Lifetime of a session in seconds; cached. */
  sessionTtl: (tenant: Tenant) => Promise<number>;
  /** Grace period for a replaced refresh token in seconds; cached. */
  refreshTokenGracePeriod: (tenant: Tenant) => Promise<number>;
  /** Claims of ID tokens beyond the standard ones; cached. */
  idTokenClaims: (tenant: Tenant) => Promise<ReadonlySet<ExtendedClaim>>;
}

type Change<Config> = { [Name in keyof Config]?: Config[Name] | undefined };

interface Kind<Config> {
  key: string;
  schema: { parse: (value: unknown) => Config };
}
const session: Kind<SessionConfig> = { key: 'session', schema: sessionConfigSchema };
const idToken: Kind<IdTokenConfig> = { key: 'id-token', schema: idTokenConfigSchema };
const signing: Kind<SigningAlgorithms> = { key: 'signing-algorithms', schema: signingAlgorithmsSchema };
const adminConsole: Kind<AdminConsoleConfig> = { key: 'admin-console', schema: adminConsoleConfigSchema };

export function createConfigs({ tenancy }: { tenancy: Pick<Tenancy, 'setting' | 'changeSetting'> }): Configs {
  const get = async <Config>(tenant: Tenant, { key, schema }: Kind<Config>): Promise<Config> =>
    schema.parse((await tenancy.setting(tenant, key)) ?? {});
  const change = async <Config>(
    tenant: Tenant,
    { key, schema }: Kind<Config>,
    changed: Change<Config>,
  ): Promise<Config> => {
    const given = defined(changed);
    const decide = (before: unknown): Config => ({ ...schema.parse(before ?? {}), ...given });
    return (await tenancy.changeSetting(tenant.db, key, decide)).after;
  };
  return {
    session: (tenant) => get(tenant, session),
    idToken: (tenant) => get(tenant, idToken),
    adminConsole: (tenant) => get(tenant, adminConsole),
    signingAlgorithms: (tenant) => get(tenant, signing),
    changeSigningAlgorithms: (tenant, changed) => change(tenant, signing, changed),
    changeSession: (tenant, changed) => change(tenant, session, changed),
    changeIdToken: (tenant, changed) => change(tenant, idToken, changed),
    changeAdminConsole: (tenant, changed) => change(tenant, adminConsole, changed),
    sessionTtl: async (tenant) => (await get(tenant, session)).ttl,
    refreshTokenGracePeriod: async (tenant) => (await get(tenant, session)).refreshTokenGracePeriod,
    idTokenClaims: async (tenant) => new Set((await get(tenant, idToken)).enabledExtendedClaims),
  };
}
