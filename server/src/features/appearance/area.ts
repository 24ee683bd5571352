/** Appearance: what users see, and how they may sign in. */
import type { Implement } from '../../http/index.ts';
import type { Changes } from '../../kernel/changes.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Log } from '../../kernel/log.ts';
import type { FileStorage } from '../../services/file-storage/index.ts';
import type { CacheRegistry, Database, Transaction } from '../../store/index.ts';
import type { Tenancy } from '../../tenancy/index.ts';
import type { ApplicationExperiences } from '../applications/application-experiences/index.ts';
import type { Applications } from '../applications/applications/index.ts';
import type { Connectors } from '../connectors/connectors/index.ts';
import type { Sandbox } from '../connectors/sandbox/index.ts';
import type { Organizations } from '../organizations/organizations/index.ts';
import type { Users } from '../people/users/index.ts';
import { createAccountCenters } from './account-center/index.ts';
import { accountCenterRoutes } from './account-center/routes.ts';
import { createCustomPhrases } from './custom-phrases/index.ts';
import { customPhraseRoutes } from './custom-phrases/routes.ts';
import { createProfileFields } from './custom-profile-fields/index.ts';
import { profileFieldRoutes } from './custom-profile-fields/routes.ts';
import { createCustomUiAssets, createCustomUiPages } from './custom-ui-assets/index.ts';
import { customUiRoutes } from './custom-ui-assets/routes.ts';
import { createPageSender } from './hosted-pages/index.ts';
import { createSignInExperiences, type SignInExperienceReader } from './sign-in-experience/index.ts';
import { signInExperienceRoutes } from './sign-in-experience/routes.ts';
import { createUserAssets } from './user-assets/index.ts';
import { userAssetRoutes } from './user-assets/routes.ts';
import { createWellKnown } from './well-known/index.ts';
import { wellKnownRoutes } from './well-known/routes.ts';

interface Needs {
  database: Database;
  caches: CacheRegistry;
  changes: Changes<Transaction>;
  clock: Clock;
  log: Log;
  tenancy: Tenancy;
  files: FileStorage;
  signInExperienceReader: SignInExperienceReader;
  connectors: Connectors;
  sandbox: Sandbox;
  organizations: Organizations;
  applications: Applications;
  applicationExperiences: ApplicationExperiences;
}

type AppearanceArea = ReturnType<typeof createAppearanceArea>;

export function createAppearanceArea(needs: Needs) {
  const { database, caches, changes, clock, log, tenancy, files } = needs;
  const { connectors, sandbox, organizations, applications, applicationExperiences } = needs;
  const profileFields = createProfileFields({ database, caches, changes });
  const customUiAssets = createCustomUiAssets({ database, caches, files, log });
  const signInExperiences = createSignInExperiences({
    reader: needs.signInExperienceReader,
    changes,
    clock,
    log,
    profileFields,
    customUiAssets,
    connectorsOf: connectors.list,
  });
  const customPhrases = createCustomPhrases({ database, caches, signInExperiences });
  return {
    profileFields,
    customUiAssets,
    customUiPages: createCustomUiPages({ customUiAssets, signInExperiences }),
    signInExperiences,
    customPhrases,
    accountCenters: createAccountCenters({ tenancy }),
    userAssets: createUserAssets({ files }),
    pages: createPageSender({
      signInExperiences,
      applications,
      applicationExperiences,
      organizations,
      tenancy,
      customPhrases,
    }),
    wellKnown: createWellKnown({
      signInExperiences,
      applicationExperiences,
      connectors,
      organizations,
      profileFields,
      sandbox,
      tenancy,
    }),
  };
}

/** The routes of the API; `server/src/routes.ts` mounts the pages. */
export function mountAppearanceArea(
  implement: Implement,
  area: AppearanceArea,
  needs: { users: Pick<Users, 'find'> },
): void {
  const { signInExperiences, customPhrases } = area;
  profileFieldRoutes(implement, area.profileFields);
  customUiRoutes(implement, area.customUiAssets, { signInExperiences });
  signInExperienceRoutes(implement, signInExperiences, needs);
  customPhraseRoutes(implement, customPhrases);
  accountCenterRoutes(implement, area.accountCenters);
  userAssetRoutes(implement, area.userAssets);
  wellKnownRoutes(implement, area.wellKnown, { signInExperiences, customPhrases });
}
