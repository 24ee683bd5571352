import { phoneCookie } from '@aldaba/connectors/sandbox';
import type {
  ErrorView,
  LanguageChoice,
  PageLanguage,
  PagePreview,
  PageView,
  RenderedPage,
  SignInExperienceSettings,
} from '@aldaba/contract';
import { isStyled, renderPage, type Spoken } from '@aldaba/pages';
import { readCookie } from '../../../http/cookies.ts';
import type { Reply, Request } from '../../../http/types.ts';
import type { Tenancy, Tenant } from '../../../tenancy/index.ts';
import type { ApplicationExperiences, Look } from '../../applications/application-experiences/index.ts';
import { applyBranding } from '../../applications/application-experiences/look.ts';
import { accountPageId } from '../../applications/applications/built-in-ids.ts';
import type { Client } from '../../applications/applications/index.ts';
import type { Organizations } from '../../organizations/organizations/index.ts';
import type { CustomPhrases, Words } from '../custom-phrases/index.ts';
import { type BrandingSource, type CustomCssSource, customCssPath } from './custom-css.ts';
import { createFrame } from './frame.ts';
import { createPageLanguages } from './languages.ts';

interface PageOptions {
  /** Client id of the requesting application, whose name is part of the page's title. */
  appId?: string | undefined;
  /** Handle of the page's interaction. */
  interaction?: string | undefined;
  /** Organization that the user signs in to; its branding overrides the application's. */
  organizationId?: string | undefined;
  /** HTTP status, 200 by default. */
  status?: number;
  /** False omits the operator's CSS, whatever the view. */
  customCss?: false;
  /** `ui_locales` of the authorization request. */
  uiLocales?: string | undefined;
}

/** Sends hosted pages with the tenant's branding, in the user's language, under a strict Content-Security-Policy. */
export interface PageSender extends CustomCssSource {
  send: (request: Request, reply: Reply, view: PageView, options?: PageOptions) => Promise<void>;
  /**
   * The page for an interaction that is finished, expired or of another browser. It links back to the application: to
   * the tenant's `unknownSessionRedirectUrl`, otherwise to the origin of the application's first web redirect URI.
   */
  sendEnded: (request: Request, reply: Reply, about: EndedPage) => Promise<void>;
  /** Draws the page that `send` would send with these settings, to be framed. */
  preview: (tenant: Tenant, view: PageView, options: PreviewOptions) => Promise<RenderedPage>;
  /** The built-in language that `send` would choose, for sentences inside a view. */
  language: (request: Request, options?: Pick<PageOptions, 'uiLocales'>) => Promise<PageLanguage>;
  /** The same, and as `locale` the tag of the page's language, one of the operator's own included: for messages. */
  spoken: (
    request: Request,
    options?: Pick<PageOptions, 'uiLocales'>,
  ) => Promise<{ language: PageLanguage; locale: string }>;
  /** The languages that users can choose: the built-in ones, then those of the operator. */
  languages: (tenant: Tenant) => Promise<LanguageChoice['languages']>;
  /**
   * The language of a page for which just this tag is asked.
   * @param words unsaved ones in that language, in place of the saved ones
   */
  languageOf: (
    tenant: Tenant,
    asked: { tag: string; words: Words | undefined; settings: Pick<SignInExperienceSettings, 'languageInfo'> },
  ) => Promise<Spoken>;
}

/** A page that is drawn without a browser's request. */
interface PreviewOptions {
  /** Used in place of the tenant's own. */
  settings: SignInExperienceSettings;
  words: Words | undefined;
  language: PageLanguage;
  /** The tag of the page's language, which may be one of the operator's own. */
  tag: string;
  /** The application and organization whose branding applies. */
  source: BrandingSource;
  preview: Omit<PagePreview, 'customCss'>;
}

interface EndedPage {
  /** Client id in the request; unknown ones are ignored. */
  appId: string | undefined;
  /** Whether a user is signed in in this browser. */
  isSignedIn: boolean;
  status: number;
}

export interface PageSenderNeeds {
  signInExperiences: { get: (tenant: Tenant) => Promise<SignInExperienceSettings> };
  applications: { findClient: (tenant: Tenant, clientId: string) => Promise<Client | undefined> };
  applicationExperiences: Pick<ApplicationExperiences, 'lookOf'>;
  organizations: Pick<Organizations, 'find'>;
  tenancy: Pick<Tenancy, 'setting'>;
  customPhrases: Pick<CustomPhrases, 'words' | 'languages'>;
}

export function createPageSender(needs: PageSenderNeeds): PageSender {
  const { signInExperiences, applications, applicationExperiences, organizations, tenancy, customPhrases } = needs;

  const bridge = async (request: Request): Promise<'ios' | 'android' | undefined> => {
    // Set by the sandbox's page that plays a phone; has no effect unless the sandbox is switched on.
    const phone = readCookie(request, phoneCookie);
    if (phone !== 'ios' && phone !== 'android') return undefined;
    const setting = (await tenancy.setting(request.tenant, 'sandbox')) as { enabled?: unknown } | undefined;
    return setting?.enabled === true ? phone : undefined;
  };

  const languages = createPageLanguages(customPhrases);

  const lookFor = async (
    tenant: Tenant,
    { appId, organizationId }: BrandingSource,
    given?: SignInExperienceSettings,
  ) => {
    const own = given ?? (await signInExperiences.get(tenant));
    const client = appId === undefined ? undefined : await applications.findClient(tenant, appId);
    const look = client ? await applicationExperiences.lookOf(tenant, client.id) : {};
    const organization = organizationId === undefined ? undefined : await organizations.find(tenant.db, organizationId);
    return {
      wayBack: client && (own.unknownSessionRedirectUrl || homeOf(client)),
      settings: applyBranding(applyBranding(own, client?.isThirdParty ? withoutLinks(look) : look), organization ?? {}),
      // Users sign in to the tenant's account page, not to an application.
      applicationName: look.displayName || (client?.id === accountPageId ? undefined : client?.name),
    };
  };

  const endedView = async (tenant: Tenant, { appId, isSignedIn }: EndedPage): Promise<PageView> => {
    const client = appId === undefined ? undefined : await applications.findClient(tenant, appId);
    const { unknownSessionRedirectUrl } = await signInExperiences.get(tenant);
    const continueUrl = unknownSessionRedirectUrl || (client && homeOf(client));
    return {
      kind: 'unknown-session',
      isSignedIn,
      ...(client ? { applicationName: (await lookFor(tenant, { appId: client.id })).applicationName } : {}),
      ...(continueUrl ? { continueUrl } : {}),
    };
  };

  const spokenTo: PageSender['spoken'] = async (request, options) => {
    const settings = await signInExperiences.get(request.tenant);
    const { language, tag: locale } = await languages.of(request, settings, options?.uiLocales);
    return { language, locale };
  };

  const sender: PageSender = {
    async customCss(tenant, source) {
      return (await lookFor(tenant, source)).settings.customCss || undefined;
    },
    spoken: spokenTo,
    languages: languages.offered,
    languageOf: languages.asked,
    language: async (request, options) => (await spokenTo(request, options)).language,
    async send(request, reply, view, options = {}) {
      const { tenant } = request;
      const look = await lookFor(tenant, options);
      const { settings, applicationName } = look;
      const css = options.customCss === false || !isStyled(view) ? undefined : settings.customCss;
      const { tag, language, words } = await languages.of(request, settings, options.uiLocales);
      const frame = createFrame({
        tenant,
        settings,
        language,
        tag,
        choice: options.interaction && (await languages.choice(request, settings, options.uiLocales)),
        applicationName,
        customCssPath: css ? customCssPath(css, options) : undefined,
        interaction: options.interaction,
        sandboxBridge: await bridge(request),
      });
      const { html, contentSecurityPolicy } = renderPage(
        frame,
        view.kind === 'error' ? { traceId: request.id, ...withWayBack(view, look) } : view,
        words,
      );
      reply
        .code(options.status ?? 200)
        .header('content-type', 'text/html; charset=utf-8')
        .header('content-security-policy', contentSecurityPolicy)
        .header('content-language', tag)
        .header('cache-control', 'no-store')
        // Not `no-referrer`, with which browsers send `Origin: null` for the page's own forms.
        .header('referrer-policy', view.kind === 'form-post' ? 'strict-origin' : 'same-origin')
        .header('permissions-policy', 'camera=(), microphone=(), geolocation=()')
        .send(html);
    },
    async preview(tenant, view, { settings: unsaved, words, language, tag, source, preview }) {
      const look = await lookFor(tenant, source, unsaved);
      const { settings, applicationName } = look;
      const { customCss } = settings;
      const framed = { ...preview, ...(customCss ? { customCss } : {}) };
      const choice = withoutMenu.has(view.kind) ? undefined : await languages.menu(tenant, settings, '/');
      const frame = createFrame({ tenant, settings, language, tag, choice, applicationName, preview: framed });
      return renderPage(frame, view.kind === 'error' ? withWayBack(view, look) : view, words);
    },
    sendEnded: async (request, reply, about) =>
      sender.send(request, reply, await endedView(request.tenant, about), { status: about.status }),
  };
  return sender;
}

/** Pages of no sign-in. */
const withoutMenu: ReadonlySet<PageView['kind']> = new Set(['signed-out', 'unknown-session', 'error']);

/** An application's error page links back to it, unless its sign-in can continue. */
const withWayBack = (view: ErrorView, look: { applicationName: string | undefined; wayBack: string | undefined }) =>
  view.restart || !look.wayBack ? view : { ...view, applicationName: look.applicationName, continueUrl: look.wayBack };

/** The likely start page of a web application. Native apps have no such address, SAML applications one of ours. */
function homeOf({ type, redirectUris }: Client): string | undefined {
  if (type === 'Native' || type === 'SAML') return undefined;
  const uri = redirectUris.find((text) => /^https?:/i.test(text) && !text.includes('*') && URL.canParse(text));
  return uri && `${new URL(uri).origin}/`;
}

/** Users sign in under the tenant's terms; the consent page shows those of a third-party application. */
const withoutLinks = ({ termsOfUseUrl: _terms, privacyPolicyUrl: _policy, ...look }: Look): Look => look;
