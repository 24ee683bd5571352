/** THE TABLE: every request's way into the server, one line a surface and feature. */
import { type Applications, applicationRoutes } from './features/applications/index.ts';
import { hostedPageRoutes, type PageSender } from './features/hosted-pages/index.ts';
import { type Resources, resourceRoutes } from './features/resources/index.ts';
import { type Roles, roleRoutes } from './features/roles/index.ts';
import { type SignInExperiences, signInExperienceRoutes } from './features/sign-in-experience/index.ts';
import { type Users, userRoutes } from './features/users/index.ts';
import { createImplement, type Http } from './http/index.ts';
import type { Log } from './kernel/log.ts';
import { type Oidc, oidcRoutes } from './oidc/index.ts';
import { type SignIn, signInPageRoutes } from './sign-in/index.ts';

export interface Mounted {
  log: Log;
  checkResponses: boolean;
  oidc: Oidc;
  signIn: SignIn;
  pages: PageSender;
  users: Users;
  applications: Applications;
  resources: Resources;
  roles: Roles;
  signInExperiences: SignInExperiences;
}

export function mountRoutes(http: Http, app: Mounted): void {
  const { log, checkResponses, oidc } = app;
  const implement = createImplement(http, {
    log,
    checkResponses,
    guards: {
      anonymous: async () => ({}),
      management: oidc.verifyManagementToken,
      // The Experience API finds its interaction by the browser's cookie, and refuses without one (`sign-in/experience.ts`).
      interaction: async () => ({}),
    },
  });

  // The protocol: /oidc/…, /consent
  oidcRoutes(http, oidc);

  // Hosted pages: /sign-in, /register, /callback/…, /demo-app, /assets/…, /setup, /sandbox
  signInPageRoutes(http, app.signIn);
  hostedPageRoutes(http, app.pages, app);

  // The Experience API: /api/experience/…

  // The Management API: /api/…
  applicationRoutes(implement, app.applications);
  userRoutes(implement, app.users);
  resourceRoutes(implement, app.resources);
  roleRoutes(implement, app.roles);
  signInExperienceRoutes(implement, app.signInExperiences);
}
