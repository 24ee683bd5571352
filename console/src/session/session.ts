/**
 * The administrator's sign-in: an OpenID Connect client of the admin tenant (authorization code with PKCE, public
 * client). Tokens are kept in memory alone: a reload gets new ones from the session at the server, without a question.
 */
import { ErrorResponse, InMemoryWebStorage, type User, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { consoleUrl, managementApiOf, settings } from '../settings.ts';
import { provideDigest } from './digest.ts';

export interface Administrator {
  id: string;
  name: string;
  email: string | undefined;
  picture: string | undefined;
  /** Whether the token has a permission for the Management API of the tenant in the address. */
  isPermitted: boolean;
  /** Whether none of them changes anything. */
  isReadOnly: boolean;
}

provideDigest();

const manager = new UserManager({
  authority: `${settings.adminUrl}/oidc`,
  client_id: settings.clientId,
  redirect_uri: `${consoleUrl}/callback`,
  silent_redirect_uri: `${consoleUrl}/silent-callback.html`,
  post_logout_redirect_uri: consoleUrl,
  scope: ['openid profile email', ...settings.permissions].join(' '),
  userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
  // Only what an answer needs to find its request: state, PKCE verifier and the page to return to.
  stateStore: new WebStorageStateStore({ store: sessionStorage, prefix: 'aldaba.sign-in.' }),
  automaticSilentRenew: false,
  silentRequestTimeoutInSeconds: 8,
});

interface SignInState {
  /** Path, query and fragment to return to. */
  returnTo: string;
}

let current: { tenant: string; user: User; since: number } | undefined;
/** The server's refusal of the sign-in that has just returned. */
let refusal: ErrorResponse | undefined;
let renewal: Promise<User> | undefined;

const forTenant = (tenant: string) => ({
  resource: managementApiOf(tenant),
  extraTokenParams: { resource: managementApiOf(tenant) },
});

const remember = (tenant: string, user: User): User => {
  current = { tenant, user, since: Date.now() };
  return user;
};

/**
 * The signed-in administrator of a tenant. Leaves for the sign-in page, and does not resolve, if a user has to answer.
 *
 * @throws ErrorResponse once after the server refused the sign-in that has just returned: it would refuse the next one
 *   as well, and the browser would go back and forth without end
 */
export async function requireAdministrator(tenant: string): Promise<Administrator> {
  const refused = refusal;
  refusal = undefined;
  if (refused) throw refused;
  return toAdministrator(current?.tenant === tenant ? current.user : await begin(tenant));
}

async function begin(tenant: string): Promise<User> {
  if (!current) {
    try {
      const user = await manager.signinSilent({ ...forTenant(tenant), forceIframeAuth: true });
      if (user) return remember(tenant, user);
    } catch (error) {
      if (!(error instanceof ErrorResponse) && !isTimeout(error)) throw error;
    }
  }
  return leaveToSignIn(tenant);
}

const isTimeout = (error: unknown) => error instanceof Error && error.name === 'ErrorTimeout';

/** Leaves for the sign-in page and returns to the current address afterwards. */
async function leaveToSignIn(tenant: string): Promise<never> {
  current = undefined;
  const state: SignInState = { returnTo: location.pathname + location.search + location.hash };
  await manager.signinRedirect({
    ...forTenant(tenant),
    state,
    redirectMethod: 'replace',
    ui_locales: document.documentElement.lang,
  });
  // The browser is about to leave the page.
  return new Promise(() => undefined);
}

/** Leaves for the sign-in page because the API refused the token; not if the token is as new as one could be. */
export async function renewRefused(tenant: string): Promise<void> {
  if (current && Date.now() - current.since > freshness) await leaveToSignIn(tenant);
}

/** Milliseconds in which another sign-in would get a token that is refused as well. */
const freshness = 30_000;

/** Finishes a sign-in at the address of the callback. @returns the path to continue at */
export async function finishSignIn(): Promise<string> {
  let user: User;
  try {
    user = await manager.signinRedirectCallback();
  } catch (error) {
    if (!(error instanceof ErrorResponse)) throw error;
    refusal = error;
    return (error.state as SignInState).returnTo;
  }
  const { returnTo } = user.state as SignInState;
  const path = new URL(returnTo, location.origin).pathname;
  remember(tenantOf(path), user);
  return returnTo;
}

const tenantOf = (path: string): string => /\/console\/t\/([^/]+)/.exec(path)?.[1] ?? 'default';

/** An access token for the Management API of a tenant, renewed if it is about to expire. */
export async function accessToken(tenant: string): Promise<string> {
  const user = current?.tenant === tenant ? current.user : await begin(tenant);
  if ((user.expires_in ?? 0) > 30) return user.access_token;
  renewal ??= manager.signinSilent(forTenant(tenant)).then(
    (renewed) => (renewed ? remember(tenant, renewed) : leaveToSignIn(tenant)),
    (error) => (error instanceof ErrorResponse ? leaveToSignIn(tenant) : Promise.reject(error)),
  );
  try {
    return (await renewal).access_token;
  } finally {
    renewal = undefined;
  }
}

/** Ends the session at the server and returns to the Console's start. */
export async function signOut(): Promise<void> {
  await manager.signoutRedirect(current ? { id_token_hint: current.user.id_token ?? '' } : {});
}

function toAdministrator({ profile, scopes }: User): Administrator {
  const mayChange = scopes.some((scope) => scope === 'all' || scope.startsWith('write:'));
  return {
    id: profile.sub,
    name: profile.name ?? profile.preferred_username ?? String(profile['username'] ?? profile.email ?? profile.sub),
    email: profile.email ?? undefined,
    picture: profile.picture ?? undefined,
    isPermitted: mayChange || scopes.some((scope) => scope.startsWith('read:')),
    isReadOnly: !mayChange,
  };
}
