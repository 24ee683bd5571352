import { type CustomClaimsScript, type CustomizedToken, customClaimsSchema } from '@aldaba/contract';
import type { Audit } from '../../../kernel/audit.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import { defined } from '../../../kernel/defined.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Log } from '../../../kernel/log.ts';
import type { Scripts } from '../../../services/isolates/index.ts';
import { adminTenantId } from '../../../tenancy/address.ts';
import { createSealedSettings } from '../../../tenancy/sealed-settings.ts';
import type { Tenancy, Tenant } from '../../../tenancy/service.ts';
import type { Outcome } from './outcome.ts';

export interface CustomClaimsNeeds {
  tenancy: Pick<Tenancy, 'setting' | 'saveSetting' | 'changeSetting'>;
  vault: Vault;
  log: Log;
  logs: Audit;
  scripts: Pick<Scripts, 'run'>;
}

/** The input of a script. */
interface ScriptInput {
  token: object;
  context: object;
}

export interface CustomClaims {
  /**
   * The claims that the tenant's script adds to a token, without claims of the protocol. A tenant without a script
   * costs nothing. A failing script is logged and ignored, unless the tenant's setting blocks: then the outcome is
   * `failed`. `about` names the token's subject in the audit log.
   * @throws AldabaError `request.overloaded` if the script could not run, because it might have rejected the token
   */
  run: (
    tenant: Tenant,
    type: CustomizedToken,
    input: () => Promise<ScriptInput>,
    about: { applicationId: string; userId?: string | undefined },
  ) => Promise<Outcome>;
  /** Whether the tenant has a script for these tokens. */
  has: (tenant: Tenant, type: CustomizedToken) => Promise<boolean>;

  find: (tenant: Tenant, type: CustomizedToken) => Promise<CustomClaimsScript | undefined>;
  /**
   * Returns whether it is new.
   * @throws AldabaError `jwt_customizer.can_not_create_for_admin_tenant`, `jwt_customizer.general` for a script that
   *   does not load
   */
  save: (tenant: Tenant, type: CustomizedToken, script: CustomClaimsScript) => Promise<boolean>;
  /** Replaces the given members and returns all. @throws AldabaError `entity.not_found`, `jwt_customizer.general` */
  update: (tenant: Tenant, type: CustomizedToken, change: Change) => Promise<CustomClaimsScript>;
  remove: (tenant: Tenant, type: CustomizedToken) => Promise<boolean>;
  /** Runs a script that is not stored. */
  test: (
    tenant: Tenant,
    script: Pick<CustomClaimsScript, 'script' | 'environmentVariables'>,
    input: ScriptInput,
  ) => Promise<Outcome>;
}

/** Claims for subject, audience and lifetime (RFC 7519, RFC 8693, RFC 9068): scripts cannot change them. */
const protocolClaims = new Set(
  'iss sub aud exp nbf iat jti client_id azp scope act may_act cnf sid auth_time acr amr organization_id __proto__'.split(
    ' ',
  ),
);

const none: Outcome = { kind: 'claims', claims: {} };
type Change = { [Name in keyof CustomClaimsScript]?: CustomClaimsScript[Name] | undefined };

const settingKey = (type: CustomizedToken): string => `custom-claims/${type}`;

export function createCustomClaims({ tenancy, vault, log, logs, scripts }: CustomClaimsNeeds): CustomClaims {
  const settings = createSealedSettings({ tenancy, vault, schema: customClaimsSchema });
  const find = (tenant: Tenant, type: CustomizedToken) => settings.find(tenant, settingKey(type));
  const execute = async (
    tenant: Tenant,
    { script, environmentVariables }: Pick<CustomClaimsScript, 'script' | 'environmentVariables'>,
    input: ScriptInput,
  ): Promise<Outcome> => {
    const text = JSON.stringify({ ...input, environmentVariables: environmentVariables ?? {} });
    const outcome = await scripts.run(tenant.id, { script, entry: 'getCustomJwtClaims', input: text });
    if (outcome.kind !== 'returned') return outcome;
    const claims = outcome.value ?? {};
    if (typeof claims !== 'object' || Array.isArray(claims))
      return { kind: 'failed', reason: 'shape', message: 'getCustomJwtClaims must return an object' };
    return { kind: 'claims', claims: withoutProtocolClaims(claims) };
  };

  /**
   * Runs a script with its samples before it is stored: it may fail on missing sample data, but it must load and return
   * claims.
   */
  const requireWorking = async (tenant: Tenant, script: CustomClaimsScript): Promise<void> => {
    const { tokenSample: token = {}, contextSample: context = {} } = script;
    const outcome = await execute(tenant, script, { token, context });
    if (outcome.kind !== 'failed' || outcome.reason === 'error') return;
    const { reason, message = reason, line } = outcome;
    throw new AldabaError('jwt_customizer.general', { reason: message, kind: reason, line });
  };

  return {
    find,
    test: execute,
    has: async (tenant, type) => typeof (await tenancy.setting(tenant, settingKey(type))) === 'string',
    run: async (tenant, type, input, about) => {
      const script = await find(tenant, type);
      if (!script) return none;
      const outcome = await execute(tenant, script, await input());
      if (outcome.kind !== 'failed') return outcome;
      // Not the message: scripts handle secrets and personal data and may put them into messages. The test route shows
      // it.
      const { reason, line } = outcome;
      log.warn({ tenant: tenant.id, script: type, reason, line }, 'A script for custom claims failed');
      const key = type === 'access-token' ? 'JwtCustomizer.AccessToken' : 'JwtCustomizer.ClientCredentials';
      logs.write(tenant.id, {
        key,
        result: 'Error',
        error: reason,
        ...about,
        more: line === undefined ? {} : { line },
      });
      return script.blockIssuanceOnError ? outcome : none;
    },
    save: async (tenant, type, script) => {
      if (tenant.id === adminTenantId) throw new AldabaError('jwt_customizer.can_not_create_for_admin_tenant');
      await requireWorking(tenant, script);
      return settings.save(tenant, settingKey(type), script);
    },
    update: async (tenant, type, change) => {
      const before = await find(tenant, type);
      if (!before) throw new AldabaError('entity.not_found');
      const given = defined(change);
      await requireWorking(tenant, { ...before, ...given });
      return settings.update(tenant, settingKey(type), change);
    },
    remove: (tenant, type) => settings.remove(tenant, settingKey(type)),
  };
}

const withoutProtocolClaims = (claims: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(claims).filter(([name]) => !protocolClaims.has(name)));
