import type { SignInExperienceSettings } from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import { hashToken } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { requireEmail } from '../../../kernel/identifiers.ts';
import { standardSecret } from '../../../kernel/ids.ts';
import type { Passwords } from '../../../services/passwords/index.ts';
import { passwordIssues } from '../../../services/passwords/rules.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { administratorRoleId, type Roles } from '../../authorization/roles/index.ts';
import type { Users } from '../../people/users/index.ts';
import { chosenUsername } from '../../people/users/username-rules.ts';
import { consumeAllLinks, consumeLink, deleteExpiredLinks, insertLink, isLinkUsable } from './store.ts';

export interface SetupNeeds {
  clock: Clock;
  passwords: Pick<Passwords, 'hash'>;
  users: Pick<Users, 'create' | 'listOfRole'>;
  roles: Pick<Roles, 'get' | 'create' | 'assign'>;
  signInExperiences: { get: (tenant: Tenant) => Promise<SignInExperienceSettings> };
}

export interface Setup {
  /** Creates a link that can create one administrator within 30 minutes; `tenant` is the admin tenant. */
  createAdminLink: (tenant: Tenant) => Promise<string>;
  hasAdministrator: (tenant: Tenant) => Promise<boolean>;
  /** @throws AldabaError `setup.link_invalid` if the token was used, has expired or never existed. */
  assertUsable: (tenant: Tenant, token: string) => Promise<void>;
  /**
   * Consumes the link and creates the administrator, both or neither. The first administrator consumes all links.
   * @returns the ID of the user
   * @param given.identifier a username, or an email address if it contains `@`
   * @throws AldabaError `setup.link_invalid`, `user.username_already_in_use`, `user.email_already_in_use`,
   *   `user.invalid_email`, `user.username_rejected`, `password.rejected`
   */
  createAdministrator: (
    tenant: Tenant,
    given: { token: string; identifier: string; password: string },
  ) => Promise<string>;
}

const lifetime = 30 * 60_000;

export function createSetup(needs: SetupNeeds): Setup {
  const { clock, users, roles, passwords } = needs;
  const linkOf = (token: string) => ({ tokenHash: hashToken(token), now: new Date(clock.now()) });
  const assertUsable = async (tenant: Tenant, token: string) => {
    if (!(await isLinkUsable(tenant.db, linkOf(token)))) throw new AldabaError('setup.link_invalid');
  };
  const hasAdministrator = async (q: Tenant['db']) =>
    (await users.listOfRole(q, administratorRoleId, undefined, { limit: 1, offset: 0 })).total > 0;
  /** The seeded role of the tenant, or a new one if an operator deleted it. */
  const roleId = async (tx: Tenant['db']) => {
    try {
      return (await roles.get(tx, administratorRoleId)).id;
    } catch (error) {
      if (!(error instanceof AldabaError) || error.code !== 'entity.not_exists_with_id') throw error;
    }
    const draft = {
      name: 'default:admin',
      description: 'Administrator of the default tenant.',
      type: 'User',
      isDefault: false,
    } as const;
    return (await roles.create(tx, draft)).id;
  };
  return {
    async createAdminLink(tenant) {
      const token = standardSecret();
      const now = clock.now();
      await deleteExpiredLinks(tenant.db, new Date(now));
      await insertLink(tenant.db, hashToken(token), new Date(now + lifetime));
      return `${tenant.baseUrl}/setup?token=${token}`;
    },
    hasAdministrator: (tenant) => hasAdministrator(tenant.db),
    assertUsable,
    async createAdministrator(tenant, { token, identifier, password }) {
      // Checked before the expensive hash: a request without a valid link costs the server little.
      await assertUsable(tenant, token);
      const { passwordPolicy, usernamePolicy } = await needs.signInExperiences.get(tenant);
      const name = identifier.includes('@')
        ? { primaryEmail: requireEmail(identifier) }
        : { username: chosenUsername(usernamePolicy, identifier) };
      const issues = await passwordIssues(passwordPolicy, password, { username: identifier, email: identifier });
      if (issues.length > 0) throw new AldabaError('password.rejected', { issues });
      const digest = await passwords.hash(password);
      return tenant.db.transaction(async (tx) => {
        const consume = (await hasAdministrator(tx)) ? consumeLink : consumeAllLinks;
        if (!(await consume(tx, linkOf(token)))) throw new AldabaError('setup.link_invalid');
        const user = await users.create(tx, { ...name, password: digest });
        await roles.assign(tx, 'user', user.id, [await roleId(tx)]);
        return user.id;
      });
    },
  };
}
