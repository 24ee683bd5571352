/**
 * Exceptions for single client libraries, beyond the specifications. Every entry names its client, so that it can be
 * removed with it.
 */

/**
 * Python SDK: without a secret, its code exchange sends the literal text `client_secret=None`. Treated as no secret.
 */
export const givenSecret = (secret: string | undefined): string | undefined => (secret === 'None' ? undefined : secret);

/**
 * Python and JavaScript SDKs: the default scopes are always added to the configured ones, and a resource may be
 * repeated. Duplicates are removed from both lists. The Management API's clients also send resources joined by commas.
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
 * Swift SDK: decoding fails without `scope`; Kotlin SDK: throws on null. The member is always present, even if empty.
 */
export const scopeMember = (scopes: readonly string[]): { scope: string } => ({ scope: scopes.join(' ') });

/**
 * Node SDK (express, next): sends `Authorization: Basic` on every request, also for discovery, together with
 * `client_id` in the body. The body's id is accepted if it is the same.
 */
export const sameClient = (fromHeader: string | undefined, fromBody: string | undefined): boolean =>
  fromHeader === undefined || fromBody === undefined || fromHeader === fromBody;

/**
 * All SDKs: `first_screen` in its current and older names, and `interaction_mode` of older releases, as the path of the
 * first page. Unknown names lead to the sign-in page.
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
 * Custom sign-in pages and the published sign-in app: the header `Logto-App-Id` (or the query's `app_id`) selects one
 * of several sign-ins in one browser.
 */
export function namedApplication(request: { headers: Record<string, unknown>; query: unknown }): string | undefined {
  const header = request.headers['logto-app-id'];
  if (typeof header === 'string' && header) return header;
  const fromQuery = (request.query as Record<string, unknown> | undefined)?.app_id;
  return typeof fromQuery === 'string' && fromQuery ? fromQuery : undefined;
}
