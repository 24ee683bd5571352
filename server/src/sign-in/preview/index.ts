/**
 * Previews of the hosted pages with settings that are not saved, drawn by the code of the real pages.
 *
 * Owns the samples that previews show and the sealed document. A request enters at `POST /api/sign-in-exp/preview`
 * (`routes.ts`), which draws the page and returns it sealed; the Console posts it to `/preview` from a frame, and gets
 * the page under a policy of its own. (`srcdoc` and `blob:` documents inherit the policy of the Console, under which a
 * page with other style sheets and pictures could not be shown.) Nothing is stored, so each node can open it.
 */
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { PageView, PreviewQuery, RenderedPage, SignInExperienceChange, Translation } from '@aldaba/contract';
import { type PreviewScreen, previewScreens } from '@aldaba/contract';
import type { CustomPhrases } from '../../features/appearance/custom-phrases/index.ts';
import type { SignInExperiences } from '../../features/appearance/sign-in-experience/index.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { Tenant } from '../../tenancy/index.ts';
import type { SignInNeeds } from '../needs.ts';
import { signInSettingsOf } from '../settings.ts';
import type { SignIn } from '../steps/index.ts';
import { type PageContext, reachableBy } from '../views.ts';
import { sampleUser } from './samples.ts';
import { type Previewed, screens } from './screens.ts';

export interface PreviewNeeds
  extends Pick<
    SignInNeeds,
    'applications' | 'applicationExperiences' | 'connectors' | 'profileFields' | 'pages' | 'clock' | 'vault'
  > {
  signInExperiences: Pick<SignInExperiences, 'preview'>;
  customPhrases: Pick<CustomPhrases, 'read'>;
  signIn: Pick<SignIn, 'secondFactors'>;
  /** Origins of the Console. */
  consoleOrigins: string[];
}

type Unsaved = SignInExperienceChange & { customPhrases?: Translation | undefined };

interface SealedPage {
  /** What takes the document. */
  address: string;
  document: string;
  expiresAt: number;
}

export interface PagePreviews {
  /**
   * Draws a screen; `page` is null if users cannot reach it.
   * @throws AldabaError as `PATCH /api/sign-in-exp` and `PUT /api/custom-phrases/:languageTag`;
   *   `entity.not_exists_with_id` for an unknown application
   */
  draw: (
    tenant: Tenant,
    query: PreviewQuery,
    unsaved: Unsaved,
  ) => Promise<{ screens: PreviewScreen[]; page: SealedPage | null }>;
  /** @throws AldabaError `request.not_found` for a document that has expired or was sealed elsewhere */
  open: (tenant: Tenant, document: string) => RenderedPage;
}

/** Milliseconds in which the Console posts a document that it has received. */
const lifetime = 60_000;
const contextOf = ({ id }: Tenant): string => `${id}/page-previews`;

export function createPagePreviews(needs: PreviewNeeds): PagePreviews {
  const { clock, vault } = needs;
  return {
    async draw(tenant, query, { customPhrases, ...change }) {
      const { colorScheme, platform, applicationId, organizationId } = query;
      const settings = await needs.signInExperiences.preview(tenant, change);
      const words = customPhrases && needs.customPhrases.read(customPhrases);
      const spoken = await needs.pages.languageOf(tenant, { tag: query.language, words, settings });
      const previewed = await previewedOf(needs, tenant, { query, settings, spoken });
      const shown = await Promise.all(
        previewScreens.map(async (screen) => ({ screen, view: await screens[screen](previewed) })),
      );
      const reachable = shown.flatMap(({ screen, view }) => (view ? [screen] : []));
      const view = shown.find(({ screen }) => screen === query.screen)?.view;
      if (!view) return { screens: reachable, page: null };
      // A third party must not replace the tenant's branding where consent is asked for.
      const source = view.kind === 'consent' ? {} : { appId: applicationId, organizationId };
      const drawn = await needs.pages.preview(tenant, { appId: applicationId ?? 'preview', ...view } as PageView, {
        settings,
        ...spoken,
        source,
        preview: {
          colorScheme,
          frameAncestors: needs.consoleOrigins,
          ...(platform === 'web' ? {} : { nativeTargets: nativeTargetsOf(previewed.context) }),
        },
      });
      const expiresAt = clock.now() + lifetime;
      const document = vault.seal(JSON.stringify({ expiresAt, page: compress(drawn) }), contextOf(tenant));
      return { screens: reachable, page: { address: `${tenant.baseUrl}/preview`, document, expiresAt } };
    },
    open(tenant, document) {
      const { expiresAt, page } = openSealed(() => vault.open(document, contextOf(tenant)));
      if (expiresAt < clock.now()) throw new AldabaError('request.not_found');
      return JSON.parse(brotliDecompressSync(Buffer.from(page, 'base64')).toString('utf8'));
    },
  };
}

/** Fast settings: a page is compressed once and read once. */
const compress = (page: RenderedPage): string =>
  brotliCompressSync(JSON.stringify(page), { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }).toString('base64');

function openSealed(open: () => string): { expiresAt: number; page: string } {
  try {
    return JSON.parse(open());
  } catch (error) {
    throw new AldabaError('request.not_found', undefined, { cause: error });
  }
}

type Settings = Awaited<ReturnType<SignInExperiences['preview']>>;
type Spoken = Awaited<ReturnType<PreviewNeeds['pages']['languageOf']>>;

/** An app has the SDK of each native connector. */
const nativeTargetsOf = ({ connectors }: PageContext): string[] =>
  connectors.flatMap(({ platform, target }) => (platform === 'Native' ? [target] : []));

async function previewedOf(
  needs: PreviewNeeds,
  tenant: Tenant,
  { query, settings: own, spoken }: { query: PreviewQuery; settings: Settings; spoken: Spoken },
): Promise<Previewed> {
  const { applicationId } = query;
  const { language, tag: locale } = spoken;
  const [available, offered, fields, application] = await Promise.all([
    needs.connectors.available(tenant),
    needs.connectors.social(tenant, own.socialSignInConnectorTargets),
    needs.profileFields.list(tenant),
    applicationId === undefined ? undefined : applicationOf(needs, tenant, applicationId),
  ]);
  const settings = signInSettingsOf(tenant, own, fields);
  return {
    context: {
      settings,
      language,
      locale,
      connectors: offered,
      inWeChat: false,
      reachable: reachableBy(available),
    },
    now: needs.clock.now(),
    factor: query.factor,
    application,
    async begin(factor) {
      const { bind, bindingView } = needs.signIn.secondFactors.factors[factor];
      const begun = await bind?.begin?.({ tenant, settings, user: sampleUser(language) });
      return begun && bindingView?.(begun.shown);
    },
  };
}

async function applicationOf(needs: PreviewNeeds, tenant: Tenant, id: string) {
  const client = await needs.applications.findClient(tenant, id);
  if (!client) throw new AldabaError('entity.not_exists_with_id', { name: 'application', id });
  return { client, look: await needs.applicationExperiences.lookOf(tenant, client.id) };
}
