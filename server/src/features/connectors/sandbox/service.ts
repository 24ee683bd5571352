import { createWechatSandbox, type WechatSandbox } from '@aldaba/connectors/sandbox';
import type { Clock } from '../../../kernel/clock.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { opaqueToken } from '../../../kernel/ids.ts';
import type { Tenancy, Tenant } from '../../../tenancy/index.ts';

export interface SandboxNeeds {
  tenancy: Pick<Tenancy, 'setting' | 'saveSetting'>;
  clock: Clock;
  /** The way out for everything that the sandbox does not play. */
  outbound: typeof globalThis.fetch;
}

export interface Sandbox {
  isEnabled(tenant: Tenant): Promise<boolean>;
  setEnabled(tenant: Tenant, enabled: boolean): Promise<void>;
  /** @throws AldabaError `sandbox.not_enabled` */
  requireEnabled(tenant: Tenant): Promise<void>;
  /** The way out for a tenant's connectors: to the stand-in for WeChat where the sandbox is on, else to the world. */
  fetchFor(tenant: Tenant): Promise<typeof globalThis.fetch>;
  /**
   * The person on the phone page pressed Allow. Returns the code that WeChat would give the app.
   * @throws AldabaError `sandbox.not_enabled`, `guard.invalid_input` for an unknown persona or outcome
   */
  approve(tenant: Tenant, approval: Parameters<WechatSandbox['approve']>[0]): Promise<string>;
}

const settingKey = 'sandbox';
const wechatOrigin = 'https://api.weixin.qq.com';
/** Sandboxes kept in memory; the one that was used least lately goes. */
const maximumSandboxes = 100;

export function createSandbox({ tenancy, clock, outbound }: SandboxNeeds): Sandbox {
  const sandboxes = new Map<string, WechatSandbox>();
  const sandboxOf = (tenant: Tenant): WechatSandbox => {
    const sandbox = sandboxes.get(tenant.id) ?? createWechatSandbox({ now: clock.now, random: opaqueToken });
    sandboxes.delete(tenant.id);
    sandboxes.set(tenant.id, sandbox);
    if (sandboxes.size > maximumSandboxes) sandboxes.delete(sandboxes.keys().next().value as string);
    return sandbox;
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
      await tenancy.saveSetting(tenant, settingKey, { enabled });
      // Codes of before must not be redeemed when it is switched on again.
      if (!enabled) sandboxes.delete(tenant.id);
    },
    fetchFor: async (tenant) => {
      if (!(await isEnabled(tenant))) return outbound;
      const sandbox = sandboxOf(tenant);
      return (input, init) => {
        const url = new URL(input instanceof Request ? input.url : input);
        return url.origin === wechatOrigin ? sandbox.fetch(input, init) : outbound(input, init);
      };
    },
    approve: async (tenant, approval) => {
      await requireEnabled(tenant);
      try {
        return sandboxOf(tenant).approve(approval);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        throw new AldabaError('guard.invalid_input', { reason: error.message }, { cause: error });
      }
    },
  };
}
