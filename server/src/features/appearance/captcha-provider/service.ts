import {
  type CaptchaConfig,
  type CaptchaProvider,
  captchaProviderSchema,
  type PublicCaptchaConfig,
  type WidgetChallenge,
} from '@aldaba/contract';
import type { Changes } from '../../../kernel/changes.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { hashToken, type Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Log } from '../../../kernel/log.ts';
import type { Fetch } from '../../../kernel/outbound.ts';
import type { Queries, Transaction } from '../../../store/index.ts';
import type { Tenancy, Tenant } from '../../../tenancy/index.ts';
import { answerLifetime, captchaAction, type Finding, refusalOf, ServiceFailure } from './finding.ts';
import { askRecaptcha } from './recaptcha.ts';
import { recordAnswer } from './store.ts';
import { askTurnstile } from './turnstile.ts';

export interface CaptchaProviders {
  /** Cached, without the secret; undefined without one. */
  find: (tenant: Tenant) => Promise<CaptchaProvider | undefined>;
  /** Not cached, for a change that depends on it. */
  exists: (q: Queries) => Promise<boolean>;
  /** What pages need of a widget; undefined without a provider, and for the proof of work. */
  publicConfig: (tenant: Tenant) => Promise<PublicCaptchaConfig | undefined>;
  /** The same as a challenge. */
  challenge: (tenant: Tenant) => Promise<WidgetChallenge | undefined>;
  /**
   * Asks the service about an answer to its widget; an answer is accepted once.
   * @returns why the answer is refused, for the audit log; undefined for a right one
   * @throws AldabaError `session.captcha_unavailable` if the service could not be asked: nothing is accepted unchecked
   */
  check: (tenant: Tenant, answer: string) => Promise<string | undefined>;
  /** @throws AldabaError `guard.invalid_input` without a secret, unless one is stored for the same site key */
  put: (tenant: Tenant, config: CaptchaConfig) => Promise<CaptchaProvider>;
  /** Disables the captcha policy first. @throws AldabaError `entity.not_found` */
  delete: (tenant: Tenant) => Promise<void>;
}

const key = 'captcha-provider';
/** Longer than any token of the services. */
const answerPattern = /^[!-~]{1,8192}$/;

interface Needs {
  tenancy: Pick<Tenancy, 'setting' | 'storedSetting' | 'saveSetting' | 'changeSetting'>;
  clock: Clock;
  vault: Vault;
  log: Log;
  outbound: Fetch;
  changes: Changes<Transaction>;
}

export function createCaptchaProviders(needs: Needs): CaptchaProviders {
  const { tenancy, clock, vault, log, outbound, changes } = needs;
  const contextOf = (tenant: Tenant) => `${tenant.id}/${key}`;
  const findStored = async (tenant: Tenant) => read(await tenancy.setting(tenant, key));
  const find = async (tenant: Tenant) => (await findStored(tenant))?.provider;
  const publicConfig = async (tenant: Tenant) => {
    const config = (await find(tenant))?.config;
    if (config?.type !== 'RecaptchaEnterprise') return config?.type === 'Turnstile' ? config : undefined;
    const { projectId: _ours, ...shown } = config;
    return shown;
  };
  const ask = async (tenant: Tenant, answer: string): Promise<Finding> => {
    const { provider, secretSealed } = (await findStored(tenant)) ?? {};
    if (provider?.config.type === 'ProofOfWork' || !provider || !secretSealed) throw new ServiceFailure('no provider');
    const secret = vault.open(secretSealed, contextOf(tenant));
    return provider.config.type === 'Turnstile'
      ? askTurnstile(outbound, secret, answer)
      : askRecaptcha(outbound, { ...provider.config, secret }, answer);
  };
  return {
    find,
    exists: async (q) => read(await tenancy.storedSetting(q, key)) !== undefined,
    publicConfig,
    challenge: async (tenant) => {
      const config = await publicConfig(tenant);
      return config && { ...config, action: captchaAction };
    },
    check: async (tenant, answer) => {
      if (!answerPattern.test(answer)) return 'malformed';
      const finding = await ask(tenant, answer).catch((error: unknown) => {
        if (!(error instanceof ServiceFailure)) throw error;
        log.warn({ tenant: tenant.id, reason: error.message }, 'A captcha could not be checked with its service');
        throw new AldabaError('session.captcha_unavailable');
      });
      const now = clock.now();
      const refusal = refusalOf(finding, { hostname: new URL(tenant.baseUrl).hostname, now });
      if (refusal !== undefined) return refusal;
      // The services reject a second check, but not reliably at once (Cloudflare: "subject to network convergence").
      const isNew = await recordAnswer(tenant.db, hashToken(answer), new Date(now + 2 * answerLifetime));
      return isNew ? undefined : 'used before';
    },
    put: async (tenant, given) => {
      const { secretKey, ...config } = { secretKey: undefined, ...given };
      const updatedAt = clock.now();
      const { after } = await tenancy.changeSetting(tenant.db, key, (value): Stored => {
        const stored = read(value);
        const secretSealed = secretKey === undefined ? undefined : vault.seal(secretKey, contextOf(tenant));
        const kept = keepsSecret(stored?.provider.config, config) ? stored?.secretSealed : undefined;
        if (config.type !== 'ProofOfWork' && !secretSealed && !kept)
          throw new AldabaError('guard.invalid_input', { reason: 'body.config.secretKey: is required' });
        const createdAt = stored?.provider.createdAt ?? updatedAt;
        const provider: CaptchaProvider = { tenantId: tenant.id, id: 'default', config, createdAt, updatedAt };
        return { ...provider, secretSealed: secretSealed ?? kept };
      });
      return captchaProviderSchema.parse(after);
    },
    delete: async (tenant) => {
      await tenant.db.transaction(async (tx) => {
        // First, because it locks the policy: no other change can enable it until the provider is gone.
        await changes.announce(tx, 'captcha-provider.deleted', {});
        if (!read(await tenancy.storedSetting(tx, key))) throw new AldabaError('entity.not_found');
        await tenancy.saveSetting(tx, key, null);
      });
    },
  };
}

type Stored = CaptchaProvider & { secretSealed?: string | undefined };

/** A secret belongs to its site key. */
const keepsSecret = (before: CaptchaProvider['config'] | undefined, after: CaptchaProvider['config']): boolean =>
  before !== undefined &&
  before.type !== 'ProofOfWork' &&
  before.type === after.type &&
  before.siteKey === after.siteKey;

function read(value: unknown): { provider: CaptchaProvider; secretSealed?: string | undefined } | undefined {
  if (value === undefined || value === null) return undefined;
  const { secretSealed } = value as { secretSealed?: string };
  return { provider: captchaProviderSchema.parse(value), secretSealed };
}
