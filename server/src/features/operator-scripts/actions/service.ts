import {
  type Action,
  type ActionResult,
  type ActionType,
  type AuditKey,
  actionResultSchema,
  actionSchema,
  actionTypeSchema,
} from '@aldaba/contract';
import type { Audit } from '../../../kernel/audit.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Log } from '../../../kernel/log.ts';
import { makeStorable } from '../../../kernel/storable.ts';
import type { Failed, Scripts } from '../../../services/isolates/index.ts';
import { adminTenantId } from '../../../tenancy/address.ts';
import { createSealedSettings } from '../../../tenancy/sealed-settings.ts';
import type { Tenancy, Tenant } from '../../../tenancy/service.ts';

export interface ActionsNeeds {
  tenancy: Pick<Tenancy, 'setting' | 'saveSetting' | 'changeSetting'>;
  vault: Vault;
  log: Log;
  logs: Audit;
  scripts: Pick<Scripts, 'run'>;
}

/** A script's result about a user. */
export type Verdict =
  | { kind: 'passed'; changes?: ActionResult['user'] }
  | { kind: 'denied'; message?: string }
  | Failed;

/** The subject of an audit log entry. */
interface About {
  userId?: string | undefined;
  applicationId: string;
  sessionId: string;
}

export interface Actions {
  /** Whether a script exists for that event. Cached: it costs no statement. */
  isAsked: (tenant: Tenant, type: ActionType) => Promise<boolean>;
  /**
   * Runs the tenant's script and records its result. A failure counts as a pass if the tenant's setting is `allow`;
   * otherwise the verdict is `failed`.
   * @throws AldabaError `request.overloaded` if the script could not run, whatever the setting, because it might have
   *   rejected the user
   * @param event JSON
   */
  run: (tenant: Tenant, type: ActionType, asked: { event: object; about: About }) => Promise<Verdict>;

  list: (tenant: Tenant) => Promise<{ key: ActionType; value: Action }[]>;
  find: (tenant: Tenant, type: ActionType) => Promise<Action | undefined>;
  /**
   * Returns whether it is new.
   * @throws AldabaError `auth.forbidden` for the admin tenant, `action.execution_failed` for a script that does not
   *   load
   */
  save: (tenant: Tenant, type: ActionType, action: Action) => Promise<boolean>;
  /** Replaces the given members and returns all. @throws AldabaError `entity.not_found`, `action.execution_failed` */
  update: (tenant: Tenant, type: ActionType, change: Change) => Promise<Action>;
  remove: (tenant: Tenant, type: ActionType) => Promise<boolean>;
  /** Runs a script that is not stored. */
  test: (tenant: Tenant, script: Script, event: unknown) => Promise<Verdict>;
}

type Script = Pick<Action, 'script' | 'environmentVariables'>;

type Change = { [Name in keyof Action]?: Action[Name] | undefined };

const settingKey = (type: ActionType): string => `actions/${type}`;
const logKeys = {
  'action.postFirstFactorVerification': 'Action.PostFirstFactorVerification',
  'action.postSignIn': 'Action.PostSignIn',
} as const satisfies Record<ActionType, AuditKey>;

export function createActions({ tenancy, vault, log, logs, scripts }: ActionsNeeds): Actions {
  const settings = createSealedSettings({ tenancy, vault, schema: actionSchema });
  const find = (tenant: Tenant, type: ActionType) => settings.find(tenant, settingKey(type));
  const test: Actions['test'] = async (tenant, { script, environmentVariables = {} }, event) => {
    const input = JSON.stringify({ event, environmentVariables });
    const outcome = await scripts.run(tenant.id, { script, entry: 'runAction', input });
    if (outcome.kind !== 'returned') return outcome;
    if (outcome.value === undefined || outcome.value === null) return { kind: 'passed' };
    // A script may cut a string in the middle of an emoji, and its result is stored in the database.
    const read = actionResultSchema.safeParse(makeStorable(outcome.value));
    if (read.success) return { kind: 'passed', changes: read.data.user };
    const [issue] = read.error.issues;
    const message = `the result is not one that runAction may return: ${issue?.path.join('.')} ${issue?.message}`;
    return { kind: 'failed', reason: 'shape', message };
  };

  /** A stored script must load; without an event, its function may fail. */
  const requireWorking = async (tenant: Tenant, script: Script): Promise<void> => {
    const verdict = await test(tenant, script, {});
    if (verdict.kind !== 'failed' || verdict.reason === 'error') return;
    const { reason, message = reason, line } = verdict;
    throw new AldabaError('action.execution_failed', { reason: message, kind: reason, line });
  };

  return {
    find,
    test,
    isAsked: async (tenant, type) => {
      const action = await find(tenant, type);
      return action !== undefined && action.enabled !== false;
    },
    run: async (tenant, type, { event, about }) => {
      const action = await find(tenant, type);
      if (!action || action.enabled === false) return { kind: 'passed' };
      const verdict = await test(tenant, action, event);
      const key = logKeys[type];
      if (verdict.kind === 'passed') {
        logs.write(tenant.id, { ...about, key, result: 'Success' });
        return verdict;
      }
      if (verdict.kind === 'denied') {
        logs.write(tenant.id, {
          ...about,
          key,
          result: 'Error',
          error: new AldabaError('action.access_denied', verdict),
        });
        return verdict;
      }
      // Not the message: scripts handle secrets and personal data and may put them into messages. The test route shows
      // it.
      const { reason, line } = verdict;
      log.warn({ tenant: tenant.id, script: type, reason, line }, 'A script asked during a sign-in failed');
      logs.write(tenant.id, {
        ...about,
        key,
        result: 'Error',
        error: reason,
        more: line === undefined ? {} : { line },
      });
      return action.onExecutionError === 'allow' ? { kind: 'passed' } : verdict;
    },
    list: async (tenant) => {
      const entries = await Promise.all(
        actionTypeSchema.options.map(async (key) => ({ key, value: await find(tenant, key) })),
      );
      return entries.filter((entry): entry is { key: ActionType; value: Action } => entry.value !== undefined);
    },
    save: async (tenant, type, action) => {
      // A failing script could lock out every administrator, who sign in there.
      if (tenant.id === adminTenantId) throw new AldabaError('auth.forbidden');
      await requireWorking(tenant, action);
      return settings.save(tenant, settingKey(type), action);
    },
    update: async (tenant, type, change) => {
      const before = await find(tenant, type);
      if (!before) throw new AldabaError('entity.not_found');
      const { script = before.script, environmentVariables = before.environmentVariables } = change;
      await requireWorking(tenant, { script, environmentVariables });
      return settings.update(tenant, settingKey(type), change);
    },
    remove: (tenant, type) => settings.remove(tenant, settingKey(type)),
  };
}
