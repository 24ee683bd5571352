/**
 * The table of all surfaces: one line for each, with the paths behind it. The Management API has one line an area;
 * `features/<area>/area.ts` lists the features of the area.
 */
import type { Areas } from './areas.ts';
import { mountAppearanceArea } from './features/appearance/area.ts';
import { customUiPageRoutes } from './features/appearance/custom-ui-assets/routes.ts';
import { hostedPageRoutes } from './features/appearance/hosted-pages/routes.ts';
import { userAssetFileRoutes } from './features/appearance/user-assets/routes.ts';
import { mountApplicationsArea } from './features/applications/area.ts';
import { mountAuthorizationArea } from './features/authorization/area.ts';
import { mountConnectorsArea } from './features/connectors/area.ts';
import { sandboxRoutes } from './features/connectors/sandbox/routes.ts';
import { directoryRoutes, enterpriseBrowserRoutes, mountEnterpriseArea } from './features/enterprise/area.ts';
import { apiReferenceRoutes } from './features/operation/api-reference/routes.ts';
import { mountOperationArea } from './features/operation/area.ts';
import { type ConsoleOptions, consoleRoutes } from './features/operation/console/routes.ts';
import { setupRoutes } from './features/operation/setup/routes.ts';
import type { Readiness } from './features/operation/status/index.ts';
import { statusRoutes } from './features/operation/status/routes.ts';
import { mountOperatorScriptsArea } from './features/operator-scripts/area.ts';
import { mountOrganizationsArea } from './features/organizations/area.ts';
import { mountPeopleArea } from './features/people/area.ts';
import { mountRecordsArea } from './features/records/area.ts';
import { createImplement, type Implement } from './http/implement.ts';
import type { Http } from './http/types.ts';
import type { Clock } from './kernel/clock.ts';
import type { Log } from './kernel/log.ts';
import { type Oidc, oidcApiRoutes, oidcRoutes } from './oidc/index.ts';
import { portalRoutes, relayTestAnswers } from './portal/index.ts';
import type { AccountApi } from './sign-in/account/index.ts';
import { accountRoutes } from './sign-in/account/routes.ts';
import { accountPageRoutes } from './sign-in/account-page/index.ts';
import { experienceRoutes, guardInteraction } from './sign-in/experience/experience.ts';
import type { SignIn } from './sign-in/index.ts';
import { meRoutes } from './sign-in/me/routes.ts';
import { accountChooserRoutes } from './sign-in/pages/accounts/index.ts';
import { signInPageRoutes } from './sign-in/pages/pages.ts';
import type { PagePreviews } from './sign-in/preview/index.ts';
import { pagePreviewRoutes, previewDocumentRoutes } from './sign-in/preview/routes.ts';
import { sentinelRoutes } from './sign-in/sentinel-routes.ts';

/** What the Management API consists of. */
interface Managed {
  readiness: Readiness;
  oidc: Oidc;
  signIn: SignIn;
  previews: PagePreviews;
  areas: Areas;
}

interface Mounted extends Managed {
  log: Log;
  clock: Clock;
  checkResponses: boolean;
  /** Absolute path of the files of the sandbox's phone page. */
  phoneFolder: string;
  console: ConsoleOptions;
  account: AccountApi;
}

export function mountRoutes(http: Http, app: Mounted): void {
  const { log, checkResponses, phoneFolder, oidc, signIn, previews, areas } = app;
  const { appearance, connectors, operation } = areas;
  const { pages, signInExperiences, customUiPages } = appearance;
  const implement = createImplement(http, { log, checkResponses, guards: guardsOf(oidc) });

  // The protocol: /oidc/…, /consent
  oidcRoutes(http, oidc);

  // Pages
  // /sign-in, /register, /verification-code, /forgot-password, /mfa-verification/…, /callback/…, or the tenant's own
  relayTestAnswers(http, pages, (scope) =>
    customUiPageRoutes(scope, customUiPages, (inner) => signInPageRoutes(inner, signIn)),
  );
  accountChooserRoutes(http, signIn); // /select-account
  const { findSignedIn, renewCookie } = oidc;
  accountPageRoutes(http, { api: app.account, findSignedIn, renewCookie }); // /account…
  portalRoutes(http, { ...areas.enterprise, ...areas.organizations, pages, log, clock: app.clock }); // /portal…
  const { url: consoleUrl } = app.console;
  hostedPageRoutes(http, pages, { signInExperiences, customUiPages, consoleUrl }); // /, /demo-app, /unknown-session, /assets/…
  previewDocumentRoutes(http, previews); // /preview
  userAssetFileRoutes(http, appearance.userAssets); // /user-assets/…
  const { startSession } = oidc;
  setupRoutes(http, operation.setup, { signInExperiences, pages, log, startSession, findSignedIn, consoleUrl }); // /setup
  const { relay } = oidc;
  enterpriseBrowserRoutes(http, areas.enterprise, { pages, relay, logs: areas.records.logs }); // /api/saml/…, /api/saml-applications/…/metadata
  sandboxRoutes(http, connectors.sandbox, phoneFolder); // /sandbox…
  apiReferenceRoutes(http); // /api/reference
  consoleRoutes(http, app.console); // /console…

  // Directories of companies: /scim/v2/…
  directoryRoutes(http, areas.enterprise, log);

  // The Experience API: /api/experience/…
  experienceRoutes(implement, signIn);

  // The Account API: /api/my-account…, /api/verifications…
  accountRoutes(implement, app.account);

  // The own account of administrators, on the admin tenant: /me…
  meRoutes(implement, app.account);

  // The Management API: /api/…
  managementRoutes(implement, app);
}

/** Who may call a route, by the `access` of its contract. */
const guardsOf = (oidc: Oidc) => ({
  anonymous: async () => ({}),
  management: oidc.verifyManagementToken,
  organization: oidc.verifyOrganizationToken,
  interaction: guardInteraction,
  account: oidc.verifyAccountToken,
  me: oidc.verifyMeToken,
});

/** The Management API, area by area; every route asks for the permission that its contract names. */
export function managementRoutes(implement: Implement, { readiness, oidc, signIn, previews, areas }: Managed): void {
  const { users } = areas.people;
  const { applications } = areas.applications;
  statusRoutes(implement, readiness); // status
  mountOperationArea(implement, areas.operation); // configs, secrets, systems, team, tenants, users/import, …
  mountAppearanceArea(implement, areas.appearance, { users, passwords: areas.passwords }); // sign-in-exp, phrases, account-center, .well-known, …
  mountApplicationsArea(implement, areas.applications); // applications
  mountEnterpriseArea(implement, areas.enterprise, applications); // sso-connectors, saml-applications, scim, organizations' domains and administrators
  mountOrganizationsArea(implement, areas.organizations, { users, applications }); // organizations, their roles, …
  mountPeopleArea(implement, areas.people); // users, their factors and tokens
  mountConnectorsArea(implement, areas.connectors); // connectors, email-templates, verification-codes, inbox, sandbox
  mountAuthorizationArea(implement, areas.authorization); // resources, roles
  mountOperatorScriptsArea(implement, areas.operatorScripts); // configs/jwt-customizer, configs/actions
  mountRecordsArea(implement, areas.records); // logs, hooks, dashboard
  oidcApiRoutes(implement, oidc); // users/…/sessions, configs/oidc, interaction/consent, authn/hasura
  sentinelRoutes(implement, signIn, users); // sentinel-activities
  pagePreviewRoutes(implement, previews); // sign-in-exp/preview
}
