/** Addresses that come from settings or from applications, checked before they become a link, an image or an action. */

/** An absolute http(s) address as given, or nothing: `javascript:` and its kin never become a link. */
export const webAddress = (value: string | undefined): string | undefined => {
  if (value === undefined || !URL.canParse(value)) return undefined;
  const { protocol } = new URL(value);
  return protocol === 'https:' || protocol === 'http:' ? value : undefined;
};

/** An image that the page's Content-Security-Policy may load: http(s), a path of this origin, or a `data:image/`. */
export const imageAddress = (value: string | undefined): string | undefined => {
  if (value === undefined) return undefined;
  if (/^data:image\//i.test(value) || /^\/(?![/\\])/.test(value)) return value;
  return webAddress(value);
};

/** A path of the pages with the application it belongs to: `/register` becomes `<basePath>/register?app_id=<appId>`. */
export const pageLink = (basePath: string, path: string, appId: string): string =>
  `${basePath}${path}${path.includes('?') ? '&' : '?'}app_id=${encodeURIComponent(appId)}`;
