/** What a page may load, where its forms may go, and whether the operator's style sheet applies to it. */
import type { PageFrame, PagePreview, PageView } from '@aldaba/contract/pages';
import { imageAddress } from './addresses.ts';
import { widgetDirectives } from './captcha.tsx';
import { oneTapSources } from './one-tap.tsx';

/**
 * Views whose HTML carries nothing that must stay secret. Only these link the operator's style sheet: selectors such as
 * `[value^="a"]` together with a background picture send what attributes hold to another host. A kind that is not
 * listed here, a new one included, takes the tenant's colors and logo and no CSS. What a user types is not in an
 * attribute, so pages that ask for a password or a code can be listed as long as they never render it.
 */
const styledKinds: ReadonlySet<PageView['kind']> = new Set([
  'sign-in',
  'sign-in-password',
  'register',
  'continue',
  'forgot-password',
  'reset-password',
  'verification-code',
  'single-sign-on',
  'single-sign-on-connectors',
  'single-sign-on-password',
  'second-factor',
  'choose-factor',
  'bind-passkey',
  'signed-out',
  'unknown-session',
  'error',
]);

/** Whether the operator's style sheet applies to a view. */
export const isStyled = ({ kind }: Pick<PageView, 'kind'>): boolean => styledKinds.has(kind);

/**
 * A CSP source that allows one image (CSP 3 section 2.3.1: no query; `;` and `,` end a source). Relative and data
 * addresses need none.
 */
const sourceOf = (address: string | undefined): string[] => {
  const image = imageAddress(address);
  if (image === undefined || !URL.canParse(image)) return [];
  const { protocol, origin, pathname } = new URL(image);
  if (protocol === 'data:') return [];
  return [`${origin}${pathname}`.replaceAll(';', '%3B').replaceAll(',', '%2C')];
};

const showsPictures = (view: PageView): boolean =>
  view.kind === 'account' && ['home', 'profile', 'social'].includes(view.screen.part);

/**
 * A styled page takes pictures from any https host, for the operator's backgrounds. The consent page, and the parts of
 * the account page with pictures, do because avatars often redirect to hosts that only the provider knows. Any other
 * page loads the tenant's own pictures and nothing else.
 */
const imageSources = ({ branding }: PageFrame, view: PageView): string[] => {
  if (isStyled(view) || view.kind === 'consent' || showsPictures(view)) return ['https:'];
  const { logoUrl, darkLogoUrl, favicon, darkFavicon } = branding;
  return [...new Set([logoUrl, darkLogoUrl, favicon, darkFavicon].flatMap(sourceOf))];
};

/**
 * Chromium applies `form-action` to every redirect that follows a form. These forms are answered with redirects
 * that end at an application's redirect URI, on any origin or with an app's own scheme, so a list here would
 * break sign-in; pages without a form, and the setup, have no such redirect and are closed. What protects the
 * open ones instead: every value is escaped, no inline script runs, and `base-uri` is shut.
 */
const formActionOf = (view: PageView): string[] => {
  switch (view.kind) {
    case 'signed-out':
    case 'unknown-session':
    case 'error':
    case 'welcome':
    case 'demo-app':
      return ["form-action 'none'"];
    case 'setup':
      return ["form-action 'self'"];
    case 'portal':
      // A test sign-in leads to the provider of the organization.
      return view.screen.part === 'sso-connection' ? [] : ["form-action 'self'"];
    case 'account':
      // Linking a social account leads to its provider.
      return view.screen.part === 'social' ? [] : ["form-action 'self'"];
    default:
      return [];
  }
};

/** Sources of other origins that a page needs, by directive. */
interface Sources {
  script: readonly string[];
  style?: readonly string[];
  connect: readonly string[];
  frame: readonly string[];
}

/** A captcha of another service and Google One Tap, where the tenant has them and this page shows them. */
const sourcesOf = (view: PageView): Sources[] => [
  ...('captcha' in view && view.captcha !== undefined && view.captcha.type !== 'ProofOfWork'
    ? [widgetDirectives(view.captcha)]
    : []),
  ...(view.kind === 'sign-in' && view.oneTap !== undefined ? [oneTapSources] : []),
];

/** The Content-Security-Policy of a page. `styleSources` allow the style sheets inside the document. */
export const contentSecurityPolicy = (frame: PageFrame, view: PageView, styleSources: readonly string[]): string =>
  [
    "default-src 'none'",
    ["style-src 'self'", ...styleSources, ...sourcesOf(view).flatMap(({ style = [] }) => style)].join(' '),
    ["img-src 'self' data:", ...imageSources(frame, view)].join(' '),
    "base-uri 'none'",
    ...(frame.preview ? previewDirectives(frame.preview) : pageDirectives(frame, view)),
  ].join('; ');

const pageDirectives = (frame: PageFrame, view: PageView): string[] => {
  const sources = sourcesOf(view);
  const frames = sources.flatMap(({ frame: each }) => each);
  return [
    ["script-src 'self'", ...sources.flatMap(({ script }) => script)].join(' '),
    ["connect-src 'self'", ...sources.flatMap(({ connect }) => connect)].join(' '),
    ...(frames.length > 0 ? [`frame-src ${frames.join(' ')}`] : []),
    ...formActionOf(view),
    `frame-ancestors ${frame.sandboxBridge === undefined ? "'none'" : "'self'"}`,
  ];
};

/** The sandbox gives the document an origin of its own, without cookies, scripts, forms and new tabs. */
const previewDirectives = ({ frameAncestors }: PagePreview): string[] => [
  'sandbox',
  "form-action 'none'",
  `frame-ancestors ${frameAncestors.join(' ') || "'none'"}`,
];
