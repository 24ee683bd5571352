/**
 * What the protocol does for one client library or another, beyond the specifications. Every entry names whom it serves, so
 * that it can go when nobody needs it any more.
 */

/**
 * Python SDK: without a secret, its code exchange sends the literal text `client_secret=None`. Taken as no secret.
 */
export const givenSecret = (secret: string | undefined): string | undefined => (secret === 'None' ? undefined : secret);

/**
 * Python and JavaScript SDKs: the default scopes are added to the configured ones without looking, and a resource may be
 * named twice. Both lists lose their repetitions. The Management API's clients also send resources joined by commas.
 */
export const uniqueScopes = (scope: string | undefined): string[] => [
  ...new Set((scope ?? '').split(' ').filter(Boolean)),
];
export const splitResources = (values: readonly string[]): string[] => [
  ...new Set(
    values
      .flatMap((value) => value.split(','))
      .map((value) => value.trim())
      .filter(Boolean),
  ),
];

/**
 * Swift SDK: decoding fails without `scope`; Kotlin SDK: throws on a null one. The member is always there, even empty.
 */
export const scopeMember = (scopes: readonly string[]): { scope: string } => ({ scope: scopes.join(' ') });

/**
 * Node SDK (express, next): sends `Authorization: Basic` on every request, also for discovery, and `client_id` in the body
 * beside it. The body's id is accepted when it is the same one.
 */
export const sameClient = (fromHeader: string | undefined, fromBody: string | undefined): boolean =>
  fromHeader === undefined || fromBody === undefined || fromHeader === fromBody;

/**
 * All SDKs: `first_screen` in its present and its older words, and `interaction_mode` of older releases, as the path of the
 * page to begin with. An unknown word begins with the sign-in page.
 */
const screens = new Map(
  Object.entries({
    sign_in: '/sign-in',
    signIn: '/sign-in',
    register: '/register',
    signUp: '/register',
    reset_password: '/reset-password',
    'identifier:sign_in': '/identifier-sign-in',
    'identifier:register': '/identifier-register',
    single_sign_on: '/single-sign-on',
  }),
);
export const firstScreenPath = (firstScreen: string | undefined, interactionMode: string | undefined): string =>
  screens.get(firstScreen ?? '') ?? screens.get(interactionMode ?? '') ?? '/sign-in';

/**
 * Custom sign-in pages and the published sign-in app: the header `Logto-App-Id` (or the query's `app_id`) says which of
 * several sign-ins in one browser a request belongs to.
 */
export function namedApplication(request: { headers: Record<string, unknown>; query: unknown }): string | undefined {
  const header = request.headers['logto-app-id'];
  if (typeof header === 'string' && header) return header;
  const fromQuery = (request.query as Record<string, unknown> | undefined)?.app_id;
  return typeof fromQuery === 'string' && fromQuery ? fromQuery : undefined;
}
