/** Appearance: what users see, and how they may sign in. */
import type { Implement } from '../../http/index.ts';
import type { Changes } from '../../kernel/changes.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Vault } from '../../kernel/crypto.ts';
import type { Log } from '../../kernel/log.ts';
import type { Fetch } from '../../kernel/outbound.ts';
import type { FileStorage } from '../../services/file-storage/index.ts';
import type { Passwords } from '../../services/passwords/index.ts';
import type { CacheRegistry, Database, Transaction } from '../../store/index.ts';
import type { Tenancy } from '../../tenancy/index.ts';
import type { ApplicationExperiences } from '../applications/application-experiences/index.ts';
import type { Applications } from '../applications/applications/index.ts';
import type { Connectors } from '../connectors/connectors/index.ts';
import type { Sandbox } from '../connectors/sandbox/index.ts';
import type { SsoConnectors } from '../enterprise/sso-connectors/index.ts';
import type { Organizations } from '../organizations/organizations/index.ts';
import type { DeviceTrust } from '../people/trusted-devices/index.ts';
import type { Users } from '../people/users/index.ts';
import { createAccountCenters } from './account-center/index.ts';
import { accountCenterRoutes } from './account-center/routes.ts';
import { createCaptchaProviders } from './captcha-provider/index.ts';
import { captchaProviderRoutes } from './captcha-provider/routes.ts';
import { type CustomPhrases, createCustomPhrases } from './custom-phrases/index.ts';
import { customPhraseRoutes } from './custom-phrases/routes.ts';
import { createProfileFields } from './custom-profile-fields/index.ts';
import { profileFieldRoutes } from './custom-profile-fields/routes.ts';
import { createCustomUiAssets, createCustomUiPages } from './custom-ui-assets/index.ts';
import { customUiRoutes } from './custom-ui-assets/routes.ts';
import { createPageSender } from './hosted-pages/index.ts';
import {
  createSignInExperiences,
  type SignInExperienceReader,
  type SignInExperiences,
} from './sign-in-experience/index.ts';
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
  vault: Vault;
  outbound: Fetch;
  log: Log;
  tenancy: Tenancy;
  files: FileStorage;
  signInExperienceReader: SignInExperienceReader;
  connectors: Connectors;
  sandbox: Sandbox;
  organizations: Organizations;
  applications: Applications;
  applicationExperiences: ApplicationExperiences;
  deviceTrust: DeviceTrust;
  ssoConnectors: Pick<SsoConnectors, 'published'>;
}

type AppearanceArea = ReturnType<typeof createAppearanceArea>;

export function createAppearanceArea(needs: Needs) {
  const { database, caches, changes, clock, vault, log, tenancy, files } = needs;
  const { connectors, sandbox, organizations, applications, applicationExperiences } = needs;
  const profileFields = createProfileFields({ database, caches, changes });
  const customUiAssets = createCustomUiAssets({ database, caches, files, log });
  const captchaProviders = createCaptchaProviders({
    ...{ tenancy, changes, clock, vault, log, outbound: needs.outbound },
  });
  const signInExperiences: SignInExperiences = createSignInExperiences({
    reader: needs.signInExperienceReader,
    changes,
    clock,
    log,
    profileFields,
    customUiAssets,
    deviceTrust: needs.deviceTrust,
    connectors,
    captchaProviders,
    ownLanguages: (q) => customPhrases.storedLanguages(q),
  });
  const customPhrases: CustomPhrases = createCustomPhrases({ database, caches, signInExperiences });
  return {
    profileFields,
    customUiAssets,
    customUiPages: createCustomUiPages({ customUiAssets, signInExperiences }),
    captchaProviders,
    signInExperiences,
    customPhrases,
    accountCenters: createAccountCenters({ tenancy, changes, profileFields }),
    userAssets: createUserAssets({ files, clock, database, changes }),
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
      ssoConnectors: needs.ssoConnectors,
      organizations,
      profileFields,
      captchaProviders,
      sandbox,
      tenancy,
    }),
  };
}

/** The routes of the API; `server/src/routes.ts` mounts the pages. */
export function mountAppearanceArea(
  implement: Implement,
  area: AppearanceArea,
  needs: { users: Pick<Users, 'find'>; passwords: Pick<Passwords, 'issues'> },
): void {
  const { signInExperiences, customPhrases } = area;
  profileFieldRoutes(implement, area.profileFields);
  customUiRoutes(implement, area.customUiAssets, signInExperiences);
  captchaProviderRoutes(implement, area.captchaProviders);
  signInExperienceRoutes(implement, signInExperiences, needs);
  customPhraseRoutes(implement, customPhrases);
  accountCenterRoutes(implement, area.accountCenters);
  userAssetRoutes(implement, area.userAssets);
  wellKnownRoutes(implement, area.wellKnown, { signInExperiences, customPhrases });
}
