/** Pages of an identified user's second factors: one is shown, one is set up, or backup codes are saved. */
import type { FactorAnswer } from '../factors/second-factor.ts';
import { resendAfter } from '../factors/verification-code/times.ts';
import { codeFactorOf, isBackup, secondFactorTraits, secondFactorTypes } from '../machine/factors.ts';
import type { SecondFactorType } from '../machine/policy.ts';
import { mayTrust } from '../machine/trusted-device/index.ts';
import type { SignInEvent } from '../machine/vocabulary.ts';
import type { Identified } from '../steps/context.ts';
import { readyFactors, type SessionOptions } from '../steps/identified.ts';
import { addressView, bindFactorView, chooseFactorView, type Screen, secondFactorView } from '../views.ts';
import { asFormError, type PageRequest, type PageRoutes, parseJson } from './page-requests.ts';

const showPath = (factor: SecondFactorType) => `/mfa-verification/${factor}` as const;
const bindPath = (factor: SecondFactorType) => `/mfa-binding/${factor}` as const;
const isSent = (factor: SecondFactorType): boolean => secondFactorTraits(factor)?.address !== undefined;

/** The factor that the page's address names, if the prompt asks for it. */
const namedBy = ({ request }: PageRequest, { factors }: { factors: readonly SecondFactorType[] }) =>
  factors.find((factor) => factor === (request.params as { factor: string }).factor);

export function factorPageRoutes(routes: PageRoutes): void {
  showPage(routes);
  choicePage(routes);
  backupPages(routes);
  bindPage(routes);
}

function showPage({ signIn: { secondFactors, factorSession, pageNeeds }, answer, page }: PageRoutes): void {
  const begin = (sent: PageRequest, user: Identified, type: SecondFactorType) =>
    secondFactors.begin(factorSession(user, sessionOf(sent)), { type, mode: 'show' });
  page('/mfa-verification/:factor', {
    at({ prompt, identified: user }, sent) {
      if (prompt.kind !== 'show-factor' || !user) return undefined;
      const type = namedBy(sent, prompt);
      return type && { user, prompt, type };
    },
    async view(sent, { user, prompt, type }, failure) {
      const { show: procedure, view } = secondFactors.factors[type];
      let refusal = failure;
      let own: object | undefined;
      try {
        // A new challenge each time: each takes one answer.
        if (procedure.begin && !isSent(type)) own = view?.(await begin(sent, user, type));
      } catch (error) {
        // E.g. the user's devices are of another host: the page still offers the other factors.
        refusal = asFormError(error);
      }
      const sentCode = user.state.challenges.find((known) => known.type === procedure.challenge);
      const shown = secondFactorView(type, {
        factors: prompt.factors,
        address: user.account.addresses.find((address) => codeFactorOf(address) === type),
        wait: resendAfter(sentCode, pageNeeds.clock.now()),
        own,
        unusual: user.account.risks.length > 0 || undefined,
        trust: trustOffer(sent, user),
      });
      await answer(sent, shown, refusal);
      return undefined;
    },
    forms: {
      async '/mfa-verification/:factor'(sent, { user, type }) {
        const trusts: SignInEvent[] = trustOffer(sent, user)?.isChosen
          ? [{ type: 'device-trusted', account: user.account }]
          : [];
        const session = factorSession(user, { ...sessionOf(sent), completes: true, following: () => trusts });
        const verified = await secondFactors.verify(session, { type, mode: 'show' }, { answer: answerOf(sent) });
        // No challenge is open: a new one is created.
        return verified ? verified.kept : showPath(type);
      },
      async '/mfa-verification/:factor/send'(sent, { user, type }) {
        if (!isSent(type)) return user;
        await begin(sent, user, type);
        return showPath(type);
      },
    },
  });
}

function choicePage({ signIn, page }: PageRoutes): void {
  page('/mfa-binding', {
    at: ({ prompt, identified: user }) => (prompt.kind === 'add-factor' && user ? { user, prompt } : undefined),
    view(_, { user, prompt }, failure) {
      const ready = readyFactors(user);
      const [only] = prompt.factors;
      // A redirect would lose the message of a failure.
      if (only && prompt.factors.length === 1 && ready.length === 0 && !failure) return bindPath(only);
      return chooseFactorView(prompt, ready);
    },
    forms: { '/mfa-binding/skip': async (_, { user }) => (await signIn.skipFactors(user)) ?? user },
  });
}

/** Backup codes: generated, and shown until the user confirms that they are saved. */
function backupPages({ signIn, page }: PageRoutes): void {
  const { secondFactors, factorSession } = signIn;
  for (const type of secondFactorTypes.filter(isBackup)) {
    page(bindPath(type), {
      at: ({ prompt, identified }) => (prompt.kind === 'make-backup-codes' ? identified : undefined),
      async view(sent, user) {
        const session = factorSession(user, sessionOf(sent));
        const shown = await secondFactors.resume(session, { type, mode: 'bind' });
        return (secondFactors.factors[type].bindingView?.(shown) as Screen | undefined) ?? user;
      },
      forms: { [bindPath(type)]: async (_, user) => (await signIn.keepGenerated(user, type)) ?? user },
    });
  }
}

function bindPage({ signIn, page }: PageRoutes): void {
  const { secondFactors, factorSession } = signIn;
  page('/mfa-binding/:factor', {
    at({ prompt, identified: user }, sent) {
      if (prompt.kind !== 'add-factor' || !user) return undefined;
      const type = namedBy(sent, prompt);
      return type && { user, prompt, type };
    },
    async view(sent, { user, prompt, type }, failure) {
      const address = secondFactorTraits(type)?.address;
      if (address && !readyFactors(user).includes(type)) return addressView(address, bindPath(type));
      const session = factorSession(user, sessionOf(sent));
      const { bindingView } = secondFactors.factors[type];
      const own = address ? undefined : bindingView?.(await secondFactors.resume(session, { type, mode: 'bind' }));
      if (own) return bindFactorView(own, prompt);
      // The factor needs no page.
      if (failure) throw failure;
      return user;
    },
    forms: {
      async '/mfa-binding/:factor'(sent, { user, type }) {
        const { locale } = sent.context;
        const given = { session: sessionOf(sent), answer: answerOf(sent), typedAddress: sent.field('address'), locale };
        return (await signIn.setUpFactor(user, type, given)) ?? bindPath(type);
      },
    },
  });
}

/** The box that trusts the browser, as the form left it; undefined where devices are not trusted. */
const trustOffer = ({ field }: PageRequest, { interaction: { policy }, account }: Identified) =>
  mayTrust(policy.secondFactors, account)
    ? { days: policy.secondFactors.trustedDays, isChosen: field('trust') === 'yes' }
    : undefined;

const sessionOf = ({ context, request }: PageRequest): SessionOptions => ({
  locale: context.locale,
  userAgent: request.headers['user-agent'],
});

const answerOf = ({ field }: PageRequest): FactorAnswer => ({
  code: field('code'),
  payload: parseJson(field('payload')),
});
