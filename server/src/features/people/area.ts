/** People: users, their identities, credentials and devices. */
import type { Implement } from '../../http/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Vault } from '../../kernel/crypto.ts';
import type { Events } from '../../kernel/events.ts';
import type { Passwords } from '../../services/passwords/index.ts';
import type { Transaction } from '../../store/index.ts';
import type { Roles } from '../authorization/roles/index.ts';
import type { Connectors } from '../connectors/connectors/index.ts';
import type { TokenSets } from '../connectors/token-sets/index.ts';
import { type AccountDeletionsNeeds, createAccountDeletions } from './account-deletions/index.ts';
import { accountDeletionRoutes } from './account-deletions/routes.ts';
import { type AccountNoticesNeeds, startAccountNotices } from './account-notices/index.ts';
import { createAdaptiveMfa, deletePlaces } from './adaptive-mfa/index.ts';
import { createMfaVerifications, createSecondFactors, deleteAllFactors } from './mfa-verifications/index.ts';
import { mfaVerificationRoutes } from './mfa-verifications/routes.ts';
import { createOneTimeTokens } from './one-time-tokens/index.ts';
import { oneTimeTokenRoutes } from './one-time-tokens/routes.ts';
import { createPersonalAccessTokens, deleteAllTokens } from './personal-access-tokens/index.ts';
import { personalAccessTokenRoutes } from './personal-access-tokens/routes.ts';
import { createSsoIdentities, deleteAllIdentities } from './sso-identities/index.ts';
import { createSubjectTokens } from './subject-tokens/index.ts';
import { subjectTokenRoutes } from './subject-tokens/routes.ts';
import { createDeviceTrust, createTrustedDevices } from './trusted-devices/index.ts';
import { trustedDeviceRoutes } from './trusted-devices/routes.ts';
import { createUserIdentities } from './user-identities/index.ts';
import { userIdentityRoutes } from './user-identities/routes.ts';
import { createUsers } from './users/index.ts';
import { userRoutes } from './users/routes.ts';

interface Needs extends Omit<AccountNoticesNeeds, 'users'>, Pick<AccountDeletionsNeeds, 'database' | 'logs'> {
  clock: Clock;
  vault: Vault;
  events: Events<Transaction>;
  passwords: Passwords;
  roles: Roles;
  connectors: Connectors;
  tokenSets: TokenSets;
  sessions: {
    /** Revokes every session and grant of the user, with all tokens, in the caller's transaction. */
    endAll: (tx: Transaction, userId: string) => Promise<void>;
  };
}

type PeopleArea = ReturnType<typeof createPeopleArea>;

export function createPeopleArea(needs: Needs) {
  const { clock, vault, changes, events, passwords, roles, connectors, tokenSets, sessions } = needs;
  const deviceTrust = createDeviceTrust({ clock, events });
  const users = createUsers({
    ...{ clock, passwords, roles, changes, events, sessions, deviceTrust },
    traces: {
      removeAll: async (tx, userId) => {
        for (const remove of [deleteAllFactors, deleteAllTokens, deleteAllIdentities, deletePlaces])
          await remove(tx, userId);
        await accountDeletions.drop(tx, userId);
      },
    },
  });
  const accountDeletions = createAccountDeletions({ ...needs, users });
  startAccountNotices({ ...needs, users });
  const ssoIdentities = createSsoIdentities({ users, events, clock });
  return {
    users,
    accountDeletions,
    ssoIdentities,
    userIdentities: createUserIdentities({ users, connectors, tokenSets, ssoIdentities }),
    mfaVerifications: createMfaVerifications({ clock, vault, users, events, deviceTrust }),
    secondFactors: createSecondFactors({ clock, vault, users, events, deviceTrust }),
    adaptiveMfa: createAdaptiveMfa({ clock }),
    deviceTrust,
    trustedDevices: createTrustedDevices({ clock, users, events }),
    personalAccessTokens: createPersonalAccessTokens({ clock, vault, users }),
    subjectTokens: createSubjectTokens({ clock, users }),
    oneTimeTokens: createOneTimeTokens({ clock, vault }),
  };
}

export function mountPeopleArea(implement: Implement, area: PeopleArea): void {
  userRoutes(implement, area.users, area.ssoIdentities);
  accountDeletionRoutes(implement, area.accountDeletions);
  userIdentityRoutes(implement, area.userIdentities);
  mfaVerificationRoutes(implement, area.mfaVerifications);
  trustedDeviceRoutes(implement, area.trustedDevices);
  personalAccessTokenRoutes(implement, area.personalAccessTokens);
  subjectTokenRoutes(implement, area.subjectTokens);
  oneTimeTokenRoutes(implement, area.oneTimeTokens);
}
