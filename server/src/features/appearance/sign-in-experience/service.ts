import { type SignInExperience, type SignInExperienceChange, signInExperienceSettingsSchema } from '@aldaba/contract';
import type { Changes } from '../../../kernel/changes.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { defined } from '../../../kernel/defined.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Log } from '../../../kernel/log.ts';
import type { CacheRegistry, Database, Queries, Transaction } from '../../../store/index.ts';
import { adminTenantId } from '../../../tenancy/address.ts';
import type { Seed, Tenant } from '../../../tenancy/service.ts';
import { type AvailableConnector, findDisagreement, findRuleBreak } from './rules.ts';
import {
  claimUsernames,
  findSettings,
  findUsernameConflicts,
  lockSettings,
  lockUsernames,
  mergeSettings,
} from './store.ts';

/** Reads the settings. Separate, because connectors read them and a change of the settings looks at the connectors. */
export interface SignInExperienceReader {
  /** All settings, with defaults for those never changed; cached. */
  get: (tenant: Tenant) => Promise<SignInExperience>;
  /** Drops the tenant's cached settings when `tx` commits. */
  changed: (tx: Transaction) => Promise<void>;
}

export interface SignInExperiencesNeeds {
  reader: SignInExperienceReader;
  changes: Changes<Transaction>;
  connectors: {
    available: (tenant: Tenant) => Promise<readonly AvailableConnector[]>;
    socialTargets: (q: Queries) => Promise<readonly string[]>;
  };
  captchaProviders: { exists: (q: Queries) => Promise<boolean> };
  /** Languages with phrases of the operator. */
  ownLanguages: (q: Queries) => Promise<readonly string[]>;
  profileFields: { requireNames: (q: Queries, wanted: readonly { name: string }[]) => Promise<void> };
  customUiAssets: { exists: (q: Queries, id: string) => Promise<boolean> };
  deviceTrust: {
    /** The tenant trusts devices for so many days now, 0 for not at all: ends longer trust. */
    limit: (tx: Transaction, days: number) => Promise<void>;
  };
  clock: Clock;
  log: Log;
}

export interface SignInExperiences {
  /** All settings, with defaults for those never changed; cached. */
  get: (tenant: Tenant) => Promise<SignInExperience>;
  /**
   * Replaces the given members.
   * @throws AldabaError `sign_in_experiences.…` if the settings would contradict each other,
   *   `custom_profile_fields.entity_not_exists_with_names`, `custom_ui.not_found`
   */
  update: (tenant: Tenant, change: SignInExperienceChange) => Promise<SignInExperience>;
  /**
   * The settings, locked until `tx` ends, for the deletion of something that they refer to: concurrent changes of the
   * settings see the deletion, or the deletion sees them.
   */
  lock: (tx: Transaction) => Promise<SignInExperience>;
  /** What `update` would result in, with the same errors; usernames that differ only in case are not looked for. */
  preview: (tenant: Tenant, change: SignInExperienceChange) => Promise<SignInExperience>;
}

export function createSignInExperienceReader({
  database,
  caches,
}: {
  database: Database;
  caches: CacheRegistry;
}): SignInExperienceReader {
  const cache = caches.create<SignInExperience>({
    name: 'sign-in-experiences',
    maximum: 2000,
    maximumAge: 60_000,
    load: async (tenantId) => read(tenantId, await findSettings(database.tenant(tenantId))),
  });
  return {
    get: async (tenant) => (await cache.get(tenant.id, '')) ?? read(tenant.id, undefined),
    changed: (tx) => cache.changed(tx, ''),
  };
}

export function createSignInExperiences(needs: SignInExperiencesNeeds): SignInExperiences {
  const { reader, changes, connectors, captchaProviders, profileFields, customUiAssets, deviceTrust, clock, log } =
    needs;
  changes.on('captcha-provider.deleted', (tx) => disableCaptcha(tx, reader));
  changes.on('connector-target.deleted', (tx, { target }) => dropTarget(tx, reader, target));
  changes.on('profile-field.deleted', (tx, { name }) => dropProfileField(tx, reader, name));
  /** The settings stay when a connector for messages is deleted, so a cached list is enough. */
  const messengersOf = async (tenant: Tenant) =>
    (await connectors.available(tenant)).filter(({ type }) => type !== 'Social');
  const availableIn = async (q: Queries, messengers: readonly AvailableConnector[]) => {
    const social = (await connectors.socialTargets(q)).map((target) => ({ type: 'Social' as const, target }));
    return {
      connectors: [...messengers, ...social],
      hasCaptchaProvider: await captchaProviders.exists(q),
      ownLanguages: await needs.ownLanguages(q),
    };
  };
  const requireParts = async (q: Queries, { signUpProfileFields, customUiAssets: pages }: SignInExperienceChange) => {
    if (signUpProfileFields) await profileFields.requireNames(q, signUpProfileFields);
    if (pages && !(await customUiAssets.exists(q, pages.id)))
      throw new AldabaError('custom_ui.not_found', { id: pages.id });
  };
  return {
    get: reader.get,
    lock: async (tx) => read(tx.tenantId, await lockSettings(tx)),
    preview: async (tenant, change) => {
      await requireParts(tenant.db, change);
      const before = await reader.get(tenant);
      const merged = read(tenant.id, { ...before, ...withStart(defined(change), before, clock.now()) });
      const broken = findRuleBreak(merged, await availableIn(tenant.db, await messengersOf(tenant)), change);
      if (broken) throw AldabaError.of(broken);
      return merged;
    },
    update: async (tenant, change) => {
      const messengers = await messengersOf(tenant);
      return tenant.db.transaction(async (tx) => {
        const before = read(tenant.id, await lockSettings(tx));
        await requireParts(tx, change);
        const merged = read(tenant.id, await mergeSettings(tx, withStart(defined(change), before, clock.now())));
        const broken = findRuleBreak(merged, await availableIn(tx, messengers), change);
        if (broken) throw AldabaError.of(broken);
        const disagreement = (change.signUp || change.signIn) && findDisagreement(merged);
        if (disagreement)
          log.warn(
            { tenant: tenant.id, rule: disagreement.code, ...disagreement.data },
            'People can sign up with what they cannot sign in with; change signIn or signUp of the sign-in experience',
          );
        if (before.usernamePolicy.caseSensitive !== merged.usernamePolicy.caseSensitive)
          await applyUsernameCase(tx, merged.usernamePolicy);
        if (daysOfTrust(merged) < daysOfTrust(before)) await deviceTrust.limit(tx, daysOfTrust(merged));
        await reader.changed(tx);
        return merged;
      });
    },
  };
}

const daysOfTrust = ({ trustedDevice: { enabled, validPeriodDays } }: SignInExperience): number =>
  enabled ? validPeriodDays : 0;

/** A policy without a provider would have no effect. */
async function disableCaptcha(tx: Transaction, reader: SignInExperienceReader): Promise<void> {
  if (!read(tx.tenantId, await lockSettings(tx)).captchaPolicy.enabled) return;
  await mergeSettings(tx, { captchaPolicy: { enabled: false } });
  await reader.changed(tx);
}

/** Removes the button of a target without a connector. */
async function dropTarget(tx: Transaction, reader: SignInExperienceReader, target: string): Promise<void> {
  const { socialSignInConnectorTargets: targets } = read(tx.tenantId, await lockSettings(tx));
  if (!targets.includes(target)) return;
  await mergeSettings(tx, { socialSignInConnectorTargets: targets.filter((other) => other !== target) });
  await reader.changed(tx);
}

/** Removes a deleted custom profile field. */
async function dropProfileField(tx: Transaction, reader: SignInExperienceReader, name: string): Promise<void> {
  const { signUpProfileFields: asked } = read(tx.tenantId, await lockSettings(tx));
  if (!asked?.some((field) => field.name === name)) return;
  await mergeSettings(tx, { signUpProfileFields: asked.filter((field) => field.name !== name) });
  await reader.changed(tx);
}

/**
 * Makes usernames unique regardless of case, or case-sensitive again. Concurrent creations of users wait.
 * @throws AldabaError `sign_in_experiences.username_policy_case_conflicts_exist`: one of two such users could no longer
 *   sign in
 */
async function applyUsernameCase(tx: Transaction, { caseSensitive }: { caseSensitive: boolean }): Promise<void> {
  await lockUsernames(tx);
  const { totalConflicts } = caseSensitive ? { totalConflicts: 0 } : await findUsernameConflicts(tx, 1);
  if (totalConflicts > 0)
    throw new AldabaError('sign_in_experiences.username_policy_case_conflicts_exist', { totalConflicts });
  await claimUsernames(tx, !caseSensitive);
}

/** Existing passwords age from the moment when expiration is enabled. */
function withStart(change: SignInExperienceChange, before: SignInExperience, now: number): SignInExperienceChange {
  const { passwordExpiration } = change;
  if (!passwordExpiration?.enabled || passwordExpiration.enabledAt !== undefined) return change;
  const { enabled, enabledAt } = before.passwordExpiration;
  return {
    ...change,
    passwordExpiration: { ...passwordExpiration, enabledAt: (enabled && enabledAt) || now },
  };
}

const byPassword = { password: true, verificationCode: false, isPasswordPrimary: true };

/**
 * Administrators are created by invitation or by the one-time setup link, with a username or an email address:
 * registration in the admin tenant is off, and no sign-in asks for the other of the two.
 */
export const seedSignInExperience: Seed = async (tx, tenantId) => {
  if (tenantId !== adminTenantId) return;
  const methods = (['username', 'email'] as const).map((identifier) => ({ identifier, ...byPassword }));
  await mergeSettings(tx, {
    signInMode: 'SignIn',
    signIn: { methods },
    signUp: { identifiers: [], password: false, verify: false },
  });
};

/** NIST SP 800-63B requires more of a password that is the only factor; administrators control every tenant. */
const administratorsMinimum = 12;

function read(tenantId: string, stored: unknown): SignInExperience {
  const settings = signInExperienceSettingsSchema.parse(stored ?? {});
  const { length } = settings.passwordPolicy;
  if (tenantId === adminTenantId) {
    length.min = Math.max(length.min, administratorsMinimum);
    length.max = Math.max(length.max, length.min);
  }
  return { tenantId, id: 'default', ...settings };
}
