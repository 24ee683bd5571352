/** The document around every view: head, tenant's logo and colors, main column, footer. */

import { colorOr } from '@aldaba/contract/colors';
import type { PageFrame, PageView } from '@aldaba/contract/pages';
import type { ComponentChildren } from 'preact';
import { imageAddress, ownAddress, webAddress } from './addresses.ts';
import { type AssetName, assetPath } from './assets.ts';
import { directionOf } from './direction.ts';
import { initialOf, Mark, markFavicon } from './icons.tsx';
import { phrase } from './phrases/index.ts';
import { mediaOf } from './preview.ts';
import type { Sheets } from './sheets.ts';

const bronze = '#85491b';

const Icons = ({ frame }: { frame: PageFrame }) => {
  const { branding } = frame;
  const light = imageAddress(branding.favicon) ?? markFavicon(colorOr(branding.primaryColor, bronze));
  const dark = imageAddress(branding.darkFavicon);
  return dark === undefined || !branding.isDarkModeEnabled ? (
    <link rel="icon" href={light} />
  ) : (
    <>
      <link rel="icon" href={light} media={mediaOf(frame, 'light')} />
      <link rel="icon" href={dark} media={mediaOf(frame, 'dark')} />
    </>
  );
};

/** The tenant's logo; without one Aldaba's mark, or the first letter of the name where the operator hides Aldaba. */
const Brand = ({ frame }: { frame: PageFrame }) => {
  const { branding } = frame;
  const logo = imageAddress(branding.logoUrl);
  const dark = branding.isDarkModeEnabled ? imageAddress(branding.darkLogoUrl) : undefined;
  if (logo !== undefined) {
    return (
      <picture class="logo">
        {dark !== undefined && <source srcset={dark} media={mediaOf(frame, 'dark')} />}
        <img src={logo} alt={branding.name} data-initial={initialOf(branding.name)} />
      </picture>
    );
  }
  return (
    <div class="plate" aria-hidden="true">
      {branding.hideAldabaBranding ? <span class="initial">{initialOf(branding.name)}</span> : <Mark />}
    </div>
  );
};

const supportLink = (frame: PageFrame): string | undefined =>
  webAddress(frame.supportWebsiteUrl) ??
  (frame.supportEmail === undefined
    ? undefined
    : `mailto:${encodeURIComponent(frame.supportEmail).replace('%40', '@')}`);

const Footer = ({ frame }: { frame: PageFrame }) => {
  const links = [
    { href: webAddress(frame.termsOfUseUrl), text: phrase(frame.language, 'footer.terms') },
    { href: webAddress(frame.privacyPolicyUrl), text: phrase(frame.language, 'footer.privacy') },
    { href: supportLink(frame), text: phrase(frame.language, 'footer.help') },
  ].flatMap(({ href, text }) => (href === undefined ? [] : [{ href, text }]));
  const hidden = frame.branding.hideAldabaBranding;
  if (hidden && links.length === 0 && !frame.choice) return null;
  return (
    <footer>
      <Languages frame={frame} />
      {links.length > 0 && (
        <ul>
          {links.map(({ href, text }) => (
            <li key={text}>
              <a href={href} target="_blank" rel="noopener noreferrer">
                {text}
              </a>
            </li>
          ))}
        </ul>
      )}
      {!hidden && (
        <p class="powered">
          <Mark />
          {phrase(frame.language, 'footer.poweredBy')}
        </p>
      )}
    </footer>
  );
};

/** The languages that the user can choose; works with scripts off. */
const Languages = ({ frame }: { frame: PageFrame }) => {
  const { choice, basePath, tag = frame.language } = frame;
  const current = choice?.languages.find((each) => each.tag === tag);
  if (!choice || !current) return null;
  return (
    <details class="languages">
      <summary aria-label={`${phrase(frame.language, 'footer.language')}: ${current.name}`}>{current.name}</summary>
      <form method="post" action={`${basePath}/language`}>
        <input type="hidden" name="return_to" value={choice.returnTo} />
        {choice.languages.map((each) => (
          <button
            key={each.tag}
            type="submit"
            name="language"
            value={each.tag}
            lang={each.tag}
            dir={directionOf(each.tag)}
            aria-current={each.tag === tag ? 'true' : undefined}
          >
            {each.name}
          </button>
        ))}
      </form>
    </details>
  );
};

/** The knock: rings that spread from the mark. Decoration only. */
const Rings = () => (
  <svg class="rings" viewBox="-500 -500 1000 1000" aria-hidden="true" focusable="false">
    {[90, 160, 240, 330, 430].map((radius) => (
      <circle key={radius} r={radius} />
    ))}
  </svg>
);

export interface DocumentProps {
  frame: PageFrame;
  kind: PageView['kind'];
  title: string;
  sheets: Sheets;
  script: AssetName | undefined;
  /** Absent where the view is not one that the operator may style. */
  customCssPath: string | undefined;
  children: ComponentChildren;
}

/** Text whose hash is in the policy, so it is not escaped. */
const Style = ({ css }: { css: string }) => <style dangerouslySetInnerHTML={{ __html: css }} />;

/** The operator's rules are last, so that they win over ours of the same weight. */
const StyleSheets = ({ frame, sheets, customCssPath }: Pick<DocumentProps, 'frame' | 'sheets' | 'customCssPath'>) => (
  <>
    {sheets.page === undefined ? (
      <link rel="stylesheet" href={`${frame.basePath}${assetPath('page.css')}`} />
    ) : (
      <Style css={sheets.page} />
    )}
    <Style css={sheets.theme} />
    {sheets.custom !== undefined && <Style css={sheets.custom} />}
    {customCssPath !== undefined && <link rel="stylesheet" href={ownAddress(frame.basePath, customCssPath)} />}
  </>
);

const colorSchemesOf = ({ branding, preview }: PageFrame): string =>
  branding.isDarkModeEnabled ? (preview?.colorScheme ?? 'light dark') : 'light';

/**
 * The whole document. The sandbox's bridge is the first script, and not deferred: the apps install theirs before the
 * page's own, too. A preview has no scripts, and the policy's sandbox refuses its forms and the new tabs of its links.
 */
export const Document = (props: DocumentProps) => {
  const { frame, kind, script } = props;
  return (
    <html
      lang={frame.tag ?? frame.language}
      dir={directionOf(frame.tag ?? frame.language)}
      class={frame.branding.isDarkModeEnabled ? 'adaptive' : undefined}
    >
      <head>
        <meta charset="utf-8" />
        {frame.preview !== undefined && <base target="_blank" />}
        {frame.sandboxBridge !== undefined && (
          <script src={`${frame.basePath}/sandbox/bridge-${frame.sandboxBridge}.js`} />
        )}
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content={colorSchemesOf(frame)} />
        {/* A form_post answer goes to another origin, which may check where it comes from; all other pages keep their address to themselves. */}
        <meta name="referrer" content={kind === 'form-post' ? 'strict-origin' : 'same-origin'} />
        <meta name="robots" content="noindex" />
        <title>{props.title}</title>
        <Icons frame={frame} />
        <StyleSheets frame={frame} sheets={props.sheets} customCssPath={props.customCssPath} />
        {script !== undefined && frame.preview === undefined && (
          <script defer src={`${frame.basePath}${assetPath(script)}`} />
        )}
      </head>
      <body class={`view-${kind}`}>
        <div class="page">
          <main>
            <Rings />
            <Brand frame={frame} />
            {props.children}
          </main>
          <Footer frame={frame} />
        </div>
      </body>
    </html>
  );
};
