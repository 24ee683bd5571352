/**
 * Which social options can work where the page is shown. Used on the server for browsers, and by the island inside
 * apps.
 */

export interface Filterable {
  target: string;
  platform: string;
}

/** What the app around a native web view can do; `undefined` means an ordinary browser. */
export interface NativeAbilities {
  canPost: boolean;
  universal: boolean;
  callbackLink: boolean;
  nativeTargets: readonly string[];
}

const forBrowser = (options: readonly Filterable[]): boolean[] => {
  const web = new Set(options.filter(({ platform }) => platform === 'Web').map(({ target }) => target));
  // The server sends an Official Account to WeChat's own browser alone. Mini programs show no page.
  return options.map(
    ({ platform, target }) =>
      platform === 'Web' || platform === 'OfficialAccount' || (platform === 'Universal' && !web.has(target)),
  );
};

const forApp = (options: readonly Filterable[], abilities: NativeAbilities): boolean[] => {
  if (!abilities.canPost) return options.map(() => false);
  const usable = ({ platform, target }: Filterable) =>
    platform === 'Native' && abilities.nativeTargets.includes(target);
  const native = new Set(options.filter(usable).map(({ target }) => target));
  return options.map(
    (option) =>
      usable(option) ||
      (option.platform === 'Universal' && abilities.universal && abilities.callbackLink && !native.has(option.target)),
  );
};

/** For each option, in order, whether it is shown. */
export const visibleOptions = (options: readonly Filterable[], abilities: NativeAbilities | undefined): boolean[] =>
  abilities === undefined ? forBrowser(options) : forApp(options, abilities);
