import {
  createProviderSandbox,
  createWechatSandbox,
  findProvider,
  type PlayedProvider,
  type ProviderDecision,
  type ProviderReply,
  type ProviderSandbox,
  playedProviders,
  type WechatSandbox,
} from '@aldaba/connectors/sandbox';
import type { Clock } from '../../../kernel/clock.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { opaqueToken } from '../../../kernel/ids.ts';
import type { Tenancy, Tenant } from '../../../tenancy/index.ts';

export interface SandboxNeeds {
  tenancy: Pick<Tenancy, 'setting' | 'saveSetting'>;
  clock: Clock;
  /** The network for everything that the sandbox does not simulate. */
  outbound: typeof globalThis.fetch;
}

export interface Sandbox {
  isEnabled: (tenant: Tenant) => Promise<boolean>;
  setEnabled: (tenant: Tenant, enabled: boolean) => Promise<void>;
  /** @throws AldabaError `sandbox.not_enabled` */
  requireEnabled: (tenant: Tenant) => Promise<void>;
  /**
   * The network for a tenant's connectors: the simulated providers if the sandbox is on, otherwise the real network.
   */
  networkFor: (tenant: Tenant) => Promise<Network>;
  /**
   * The user pressed Allow on the phone page. Returns the code that WeChat would give to the app.
   * @throws AldabaError `sandbox.not_enabled`, `guard.invalid_input` for an unknown persona or outcome
   */
  approve: (tenant: Tenant, approval: Parameters<WechatSandbox['approve']>[0]) => Promise<string>;
  /**
   * The user consented at a simulated provider, or declined (`decision` omitted).
   * @throws AldabaError `sandbox.not_enabled`; `guard.invalid_input` for an invalid request, an unknown persona or
   *   outcome, or a redirect URI outside the tenant
   */
  decide: (tenant: Tenant, address: string, decision?: Omit<ProviderDecision, 'address'>) => Promise<ProviderReply>;
}

/** How a tenant's connectors reach their providers. */
interface Network {
  fetch: typeof globalThis.fetch;
  /** The browser's URL for a provider URL: the same, or that of the page that simulates the provider. */
  addressOf: (address: string) => string;
}

const settingKey = 'sandbox';
const wechatOrigin = 'https://api.weixin.qq.com';
/** Sandboxes kept in memory; the least recently used one is dropped first. */
const maximumSandboxes = 100;

/** The simulated providers of one tenant. */
interface Stage {
  wechat: WechatSandbox;
  provider: ProviderSandbox;
  /** One per stage, not per call: connectors cache provider data per network object. */
  fetch: typeof globalThis.fetch;
}

function createStage({ clock, outbound }: SandboxNeeds): Stage {
  const world = { now: clock.now, random: opaqueToken };
  const [wechat, provider] = [createWechatSandbox(world), createProviderSandbox(world)];
  return {
    wechat,
    provider,
    fetch: (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      if (url.origin === wechatOrigin) return wechat.fetch(input, init);
      return provider.plays(url) ? provider.fetch(input, init) : outbound(input, init);
    },
  };
}

/**
 * The URL of the page that simulates a provider, with the query of the authorization request; other URLs are unchanged.
 */
function pageFor(tenant: Tenant, address: string): string {
  const provider = playedProviders.find(({ authorization }) => address.split('?')[0] === authorization);
  return provider ? `${tenant.baseUrl}${providerPath(provider)}${new URL(address).search}` : address;
}

/** Below the tenant's base URL. */
const providerPath = ({ key }: PlayedProvider): string => `/sandbox/providers/${key}/authorize`;

/** The connector's URL, from the query of the page that simulates the provider. */
export function authorizationAddress(key: string, query: string): { provider: PlayedProvider; address: string } {
  const provider = findProvider(key);
  if (!provider) throw new AldabaError('request.not_found');
  return { provider, address: `${provider.authorization}${query}` };
}

/** Only the tenant's own pages: a simulated provider that redirects anywhere would be an open redirect. */
function requireOwnAddress(tenant: Tenant, redirectUri: string): void {
  const [own, given] = [new URL(`${tenant.baseUrl}/`), new URL(redirectUri)];
  if (given.origin !== own.origin || !given.pathname.startsWith(own.pathname))
    throw new RangeError('redirect_uri must be an address of this tenant');
}

const asInvalidInput = (error: unknown): unknown =>
  error instanceof RangeError
    ? new AldabaError('guard.invalid_input', { reason: error.message }, { cause: error })
    : error;

export function createSandbox(needs: SandboxNeeds): Sandbox {
  const { tenancy, outbound } = needs;
  const stages = new Map<string, Stage>();
  const stageOf = (tenant: Tenant): Stage => {
    const stage = stages.get(tenant.id) ?? createStage(needs);
    stages.delete(tenant.id);
    stages.set(tenant.id, stage);
    if (stages.size > maximumSandboxes) stages.delete(stages.keys().next().value as string);
    return stage;
  };
  const isEnabled = async (tenant: Tenant) => {
    const setting = await tenancy.setting(tenant, settingKey);
    return typeof setting === 'object' && setting !== null && 'enabled' in setting && setting.enabled === true;
  };
  const requireEnabled = async (tenant: Tenant) => {
    if (!(await isEnabled(tenant))) throw new AldabaError('sandbox.not_enabled');
  };
  return {
    isEnabled,
    requireEnabled,
    setEnabled: async (tenant, enabled) => {
      await tenancy.saveSetting(tenant.db, settingKey, { enabled });
      // Old codes must not become redeemable when the sandbox is enabled again.
      if (!enabled) stages.delete(tenant.id);
    },
    networkFor: async (tenant) => {
      if (!(await isEnabled(tenant))) return { fetch: outbound, addressOf: (address) => address };
      return { fetch: stageOf(tenant).fetch, addressOf: (address) => pageFor(tenant, address) };
    },
    approve: async (tenant, approval) => {
      await requireEnabled(tenant);
      try {
        return stageOf(tenant).wechat.approve(approval);
      } catch (error) {
        throw asInvalidInput(error);
      }
    },
    decide: async (tenant, address, decision) => {
      await requireEnabled(tenant);
      const { provider } = stageOf(tenant);
      try {
        const reply = decision ? await provider.agree({ ...decision, address }) : provider.decline(address);
        requireOwnAddress(tenant, reply.redirectUri);
        return reply;
      } catch (error) {
        throw asInvalidInput(error);
      }
    },
  };
}
