/** Addresses that come from settings or from applications, checked before they become a link, an image or an action. */

const isPath = (value: string): boolean => /^\/(?![/\\])/.test(value);

/** An absolute http(s) address as given, or nothing: `javascript:` and its kin never become a link. */
export const webAddress = (value: string | undefined): string | undefined => {
  if (value === undefined || !URL.canParse(value)) return undefined;
  const { protocol } = new URL(value);
  return protocol === 'https:' || protocol === 'http:' ? value : undefined;
};

/** An image that the page's Content-Security-Policy may load: http(s), a path of this origin, or a `data:image/`. */
export const imageAddress = (value: string | undefined): string | undefined => {
  if (value === undefined) return undefined;
  if (/^data:image\//i.test(value) || isPath(value)) return value;
  return webAddress(value);
};

/**
 * @throws TypeError when a tenant's base path is neither empty nor a path of this origin: every address begins with it.
 */
export const checkBasePath = (value: string): void => {
  if (value !== '' && !isPath(value)) throw new TypeError('The base path must be empty or start with one slash.');
};

/**
 * The target of a form, unchanged: a path of this origin or an http(s) address.
 * @throws TypeError for anything else; a form that posts to a script would run it.
 */
export const formAction = (value: string): string => {
  if (!isPath(value) && webAddress(value) === undefined) {
    throw new TypeError('The action of a form must be a path or an http(s) address.');
  }
  return value;
};

/**
 * A path under the tenant's base path.
 * @throws TypeError when the path does not start with one slash.
 */
export const ownAddress = (basePath: string, path: string): string => {
  if (!isPath(path)) throw new TypeError('The path of a page must start with one slash.');
  return `${basePath}${path}`;
};

/**
 * A path of the pages with the application and the interaction it belongs to: `/register` becomes
 * `<basePath>/register?app_id=<appId>&interaction=<handle>`.
 * @throws TypeError when the path does not start with one slash.
 */
export function pageLink(
  { basePath, interaction }: { basePath: string; interaction?: string | undefined },
  path: string,
  appId: string,
): string {
  const named = interaction === undefined ? '' : `&interaction=${encodeURIComponent(interaction)}`;
  return `${ownAddress(basePath, path)}${path.includes('?') ? '&' : '?'}app_id=${encodeURIComponent(appId)}${named}`;
}
