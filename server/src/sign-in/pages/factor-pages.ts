/** Pages of an identified user's second factors: one is shown, one is set up, or backup codes are saved. */
import type { PageView } from '@aldaba/contract';
import { pageErrorOf } from '../../features/appearance/hosted-pages/words.ts';
import type { AldabaError } from '../../kernel/errors.ts';
import type { FactorAnswer } from '../factors/second-factor.ts';
import { isBackup, secondFactorTraits, secondFactorTypes } from '../machine/factors.ts';
import type { SecondFactorType } from '../machine/policy.ts';
import type { Prompt } from '../machine/vocabulary.ts';
import { type Identified, readyFactors, type SessionOptions } from '../steps/identified.ts';
import { bindFactorView, chooseFactorView, secondFactorView } from '../views.ts';
import { asFormError, isOutrun, openPage, type PageRequest, type PageRoutes, takeStep } from './page-requests.ts';

type FactorPrompt = 'show-factor' | 'add-factor' | 'make-backup-codes';

/** A request of a user whose sign-in is at a prompt of `Kind`. */
interface FactorRequest<Kind extends FactorPrompt> extends Identified {
  page: PageRequest;
  prompt: Extract<Prompt, { kind: Kind }>;
  /** The factor that the page's URL names, if it is asked for. */
  factor: SecondFactorType | undefined;
  answer: FactorAnswer;
  session: SessionOptions;
  /** On to what the sign-in asks for, after a step or as it is. */
  proceed: (result?: Parameters<PageRequest['proceed']>[0]) => void;
}
type ShowRequest = FactorRequest<'show-factor'>;
type BindRequest = FactorRequest<'add-factor'>;

const showPath = (factor: SecondFactorType): string => `/mfa-verification/${factor}`;
const bindPath = (factor: SecondFactorType): string => `/mfa-binding/${factor}`;
const isSent = (factor: SecondFactorType): boolean => secondFactorTraits(factor)?.address !== undefined;

export function factorPageRoutes(routes: PageRoutes): void {
  showRoutes(routes);
  choiceRoutes(routes);
  backupRoutes(routes);
  bindRoutes(routes);
}

function showRoutes(routes: PageRoutes): void {
  const { secondFactors, factorSession } = routes.signIn;
  const { get, post } = factorRequests(routes, 'show-factor');
  /** The page of a factor that is asked for creates a new challenge each time: each takes one answer. */
  const show = async (given: ShowRequest, type: SecondFactorType, failure?: AldabaError): Promise<unknown> => {
    const { context, show: send } = given.page;
    const { show: procedure, view } = secondFactors.factors[type];
    let refusal = failure;
    let own: object | undefined;
    try {
      if (procedure.begin && !isSent(type))
        own = view?.(await secondFactors.begin(factorSession(given, given.session), { type, mode: 'show' }));
    } catch (error) {
      // E.g. the user's devices are of another host: the page still offers the other factors.
      refusal = asFormError(error);
    }
    const error = refusal && pageErrorOf(refusal, context.language);
    return send(
      secondFactorView(context.appId, type, { ...given, challenge: procedure.challenge, own, error }),
      refusal,
    );
  };
  /** A form about the factor that the page's address names; refused, the page is shown again with the reason. */
  const form = (path: string, work: (given: ShowRequest, type: SecondFactorType) => Promise<unknown>) =>
    post(path, async (given) => {
      const { factor } = given;
      if (!factor) return given.proceed();
      return work(given, factor).catch((error: unknown) => show(given, factor, asFormError(error)));
    });

  get('/mfa-verification/:factor', async (given) => (given.factor ? show(given, given.factor) : given.proceed()));
  form('/mfa-verification/:factor', async (given, type) => {
    const session = factorSession(given, { ...given.session, completes: true });
    const verified = await secondFactors.verify(session, { type, mode: 'show' }, { answer: given.answer });
    // No challenge is open: a new one is created.
    return verified ? given.proceed(verified.kept) : given.page.redirect(showPath(type));
  });
  form('/mfa-verification/:factor/send', async (given, type) => {
    if (!isSent(type)) return given.proceed();
    await secondFactors.begin(factorSession(given, given.session), { type, mode: 'show' });
    return given.page.redirect(showPath(type));
  });
}

function choiceRoutes(routes: PageRoutes): void {
  const { get, post } = factorRequests(routes, 'add-factor');
  get('/mfa-binding', async (given) => {
    const { page, prompt } = given;
    const ready = readyFactors(given);
    const [only] = prompt.factors;
    if (only && prompt.factors.length === 1 && ready.length === 0) return page.redirect(bindPath(only));
    return page.show(chooseFactorView(page.context.appId, prompt, ready));
  });
  post('/mfa-binding/skip', async (given) => given.proceed(await routes.signIn.skipFactors(given)));
}

/** Backup codes: generated, and shown until the user confirms that they are saved. */
function backupRoutes(routes: PageRoutes): void {
  const { signIn } = routes;
  const { get, post } = factorRequests(routes, 'make-backup-codes');
  for (const type of secondFactorTypes.filter(isBackup)) {
    const { bindingView } = signIn.secondFactors.factors[type];
    get(bindPath(type), async (given) => {
      const session = signIn.factorSession(given, given.session);
      const view = bindingView?.(await signIn.secondFactors.resume(session, { type, mode: 'bind' }));
      return view ? given.page.show({ ...view, appId: given.page.context.appId } as PageView) : given.proceed();
    });
    post(bindPath(type), async (given) => given.proceed(await signIn.keepGenerated(given, type)));
  }
}

function bindRoutes(routes: PageRoutes): void {
  const { signIn } = routes;
  const { get, post } = factorRequests(routes, 'add-factor');
  /** The page on which a factor is set up; undefined for one that needs no page. */
  const viewOf = async (given: BindRequest, type: SecondFactorType): Promise<PageView | undefined> => {
    if (readyFactors(given).includes(type)) return undefined;
    const { bindingView } = signIn.secondFactors.factors[type];
    const session = signIn.factorSession(given, given.session);
    const own = bindingView?.(await signIn.secondFactors.resume(session, { type, mode: 'bind' }));
    const { prompt, page } = given;
    return bindFactorView(page.context.appId, type, { prompt, addressPath: bindPath(type), ...(own ? { own } : {}) });
  };
  get('/mfa-binding/:factor', async (given) => {
    const view = given.factor && (await viewOf(given, given.factor));
    return view ? given.page.show(view) : given.proceed();
  });
  post('/mfa-binding/:factor', async (given) => {
    const { page, factor: type, answer, session, proceed } = given;
    if (!type) return proceed();
    const typedAddress = page.field('address');
    const { language: locale } = page.context;
    return takeStep(page, () => signIn.setUpFactor(given, type, { session, answer, typedAddress, locale }), {
      instead: () => page.redirect(bindPath(type)),
      refused: async (failure, error) => {
        const view = await viewOf(given, type);
        if (!view) throw failure;
        const typed = view.kind === 'continue' ? { typedAddress } : {};
        return page.show({ ...view, ...typed, error } as PageView, failure);
      },
    });
  });
}

/** Routes for users whose sign-in is at a prompt of `kind`; redirects other users to their prompt. */
function factorRequests<Kind extends FactorPrompt>({ signIn, get, post }: PageRoutes, kind: Kind) {
  type Work = (given: FactorRequest<Kind>) => Promise<unknown>;
  const handle = async (page: PageRequest, work: Work) => {
    const { request, interaction, context, field } = page;
    const found = await signIn.findIdentified(interaction);
    if (!found) return page.proceed({ prompt: await signIn.promptOf(interaction) });
    const { prompt } = found;
    const proceed: FactorRequest<Kind>['proceed'] = (result) => page.proceed(result ?? { prompt });
    if (!isOf(kind, prompt)) return proceed();
    const named = (request.params as { factor?: string }).factor;
    return work({
      ...found,
      page,
      prompt,
      factor: 'factors' in prompt ? prompt.factors.find((factor) => factor === named) : undefined,
      answer: { code: field('code'), payload: parseJson(field('payload')) },
      session: { locale: context.language, userAgent: request.headers['user-agent'] },
      proceed,
    });
  };
  return {
    get: (path: string, work: Work) =>
      get(path, (page) =>
        handle(page, work).catch(async (error: unknown) => {
          // Opened twice at once, e.g. by a double click: the challenge is stored, so the slower request asks again.
          if (!isOutrun(error)) throw error;
          const interaction = await signIn.open(page.request);
          return handle(await openPage(signIn, page.request, page.reply, interaction), work);
        }),
      ),
    post: (path: string, work: Work) => post(path, (page) => handle(page, work)),
  };
}

const isOf = <Kind extends FactorPrompt>(kind: Kind, prompt: Prompt): prompt is Extract<Prompt, { kind: Kind }> =>
  prompt.kind === kind;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
