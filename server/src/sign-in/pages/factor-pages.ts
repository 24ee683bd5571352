/** Pages of an identified user's second factors: one is shown, one is set up, or backup codes are saved. */
import type { FactorAnswer } from '../factors/second-factor.ts';
import { codeFactorOf, isBackup, secondFactorTraits, secondFactorTypes } from '../machine/factors.ts';
import type { SecondFactorType } from '../machine/policy.ts';
import type { Prompt } from '../machine/vocabulary.ts';
import type { Identified, Position } from '../steps/context.ts';
import { readyFactors, type SessionOptions } from '../steps/identified.ts';
import { addressView, bindFactorView, chooseFactorView, type Screen, secondFactorView } from '../views.ts';
import { asFormError, type PageRequest, type PageRoutes } from './page-requests.ts';

type FactorPrompt = 'show-factor' | 'add-factor' | 'make-backup-codes';

/** A user whose sign-in is at a prompt of `Kind`. */
type AtPrompt<Kind extends FactorPrompt> = Identified & { prompt: Extract<Prompt, { kind: Kind }> };

const showPath = (factor: SecondFactorType): string => `/mfa-verification/${factor}`;
const bindPath = (factor: SecondFactorType): string => `/mfa-binding/${factor}`;
const isSent = (factor: SecondFactorType): boolean => secondFactorTraits(factor)?.address !== undefined;

export function factorPageRoutes(routes: PageRoutes): void {
  showRoutes(routes);
  choiceRoutes(routes);
  backupRoutes(routes);
  bindRoutes(routes);
}

function showRoutes({ signIn: { secondFactors, factorSession }, bound }: PageRoutes): void {
  const begin = (page: PageRequest, { user, type }: Named<'show-factor'>) =>
    secondFactors.begin(factorSession(user, sessionOf(page)), { type, mode: 'show' });
  const form = bound('/mfa-verification/:factor', namedAt('show-factor'), async (page, given, failure) => {
    const { user, type } = given;
    const { show: procedure, view } = secondFactors.factors[type];
    let refusal = failure;
    let own: object | undefined;
    try {
      // A new challenge each time: each takes one answer.
      if (procedure.begin && !isSent(type)) own = view?.(await begin(page, given));
    } catch (error) {
      // E.g. the user's devices are of another host: the page still offers the other factors.
      refusal = asFormError(error);
    }
    const { prompt, account, state } = user;
    const shown = {
      factors: prompt.factors,
      address: account.addresses.find((address) => codeFactorOf(address) === type),
      sent: state.challenges.some((known) => known.type === procedure.challenge),
      own,
      unusual: account.risks.length > 0 || undefined,
    };
    return page.show(secondFactorView(type, shown), refusal);
  });
  form('/mfa-verification/:factor', async (page, { user, type }) => {
    const session = factorSession(user, { ...sessionOf(page), completes: true });
    const verified = await secondFactors.verify(session, { type, mode: 'show' }, { answer: answerOf(page) });
    // No challenge is open: a new one is created.
    return verified ? verified.kept : page.redirect(showPath(type));
  });
  form('/mfa-verification/:factor/send', async (page, given) => {
    if (!isSent(given.type)) return given.user;
    await begin(page, given);
    return page.redirect(showPath(given.type));
  });
}

function choiceRoutes({ signIn, bound }: PageRoutes): void {
  const form = bound('/mfa-binding', identifiedAt('add-factor'), (page, user) => {
    const { prompt } = user;
    const ready = readyFactors(user);
    const [only] = prompt.factors;
    if (only && prompt.factors.length === 1 && ready.length === 0) return page.redirect(bindPath(only));
    return page.show(chooseFactorView(prompt, ready));
  });
  form('/mfa-binding/skip', async (_, user) => (await signIn.skipFactors(user)) ?? user);
}

/** Backup codes: generated, and shown until the user confirms that they are saved. */
function backupRoutes({ signIn, bound }: PageRoutes): void {
  const { secondFactors, factorSession } = signIn;
  for (const type of secondFactorTypes.filter(isBackup)) {
    const { bindingView } = secondFactors.factors[type];
    const form = bound(bindPath(type), identifiedAt('make-backup-codes'), async (page, user) => {
      const session = factorSession(user, sessionOf(page));
      const view = bindingView?.(await secondFactors.resume(session, { type, mode: 'bind' }));
      return view ? page.show(view as Screen) : page.proceed(user);
    });
    form(bindPath(type), async (_, user) => (await signIn.keepGenerated(user, type)) ?? user);
  }
}

function bindRoutes({ signIn, bound }: PageRoutes): void {
  const { secondFactors, factorSession } = signIn;
  /** The page on which a factor is set up; undefined for one that needs no page. */
  const viewOf = async (page: PageRequest, { user, type }: Named<'add-factor'>) => {
    const address = secondFactorTraits(type)?.address;
    if (address) return readyFactors(user).includes(type) ? undefined : addressView(address, bindPath(type));
    const session = factorSession(user, sessionOf(page));
    const own = secondFactors.factors[type].bindingView?.(await secondFactors.resume(session, { type, mode: 'bind' }));
    return own && bindFactorView(own, user.prompt);
  };
  const form = bound('/mfa-binding/:factor', namedAt('add-factor'), async (page, given, failure) => {
    const view = await viewOf(page, given);
    if (view) return page.show(view, failure);
    if (failure) throw failure;
    return page.proceed(given.user);
  });
  form('/mfa-binding/:factor', async (page, { user, type }) => {
    const { language: locale } = page.context;
    const given = { session: sessionOf(page), answer: answerOf(page), typedAddress: page.field('address'), locale };
    return (await signIn.setUpFactor(user, type, given)) ?? page.redirect(bindPath(type));
  });
}

/** A user at a prompt of `Kind`, and the factor that the page's address names, which the prompt asks for. */
interface Named<Kind extends 'show-factor' | 'add-factor'> {
  user: AtPrompt<Kind>;
  type: SecondFactorType;
}

const identifiedAt =
  <Kind extends FactorPrompt>(kind: Kind) =>
  ({ prompt, identified }: Position): AtPrompt<Kind> | undefined =>
    prompt.kind === kind && identified ? (identified as AtPrompt<Kind>) : undefined;

const namedAt =
  <Kind extends 'show-factor' | 'add-factor'>(kind: Kind) =>
  (position: Position, { request }: PageRequest): Named<Kind> | undefined => {
    const user = identifiedAt(kind)(position);
    const named = (request.params as { factor: string }).factor;
    const { prompt } = position;
    const type = 'factors' in prompt ? prompt.factors.find((factor) => factor === named) : undefined;
    return user && type && { user, type };
  };

const sessionOf = ({ context, request }: PageRequest): SessionOptions => ({
  locale: context.language,
  userAgent: request.headers['user-agent'],
});

const answerOf = ({ field }: PageRequest): FactorAnswer => ({
  code: field('code'),
  payload: parseJson(field('payload')),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
