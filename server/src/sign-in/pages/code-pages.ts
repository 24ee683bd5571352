/**
 * Pages where a code is asked for and entered: to sign in, to register, to add an address, and for a forgotten
 * password.
 */
import { pageErrorOf } from '../../features/appearance/hosted-pages/words.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { Interaction } from '../port.ts';
import { awaitedCode } from '../steps/begin.ts';
import type { FirstCode } from '../steps/verify.ts';
import { addressOf } from '../typed-identifiers.ts';
import { asFormError, assertAgreed, type PageRequest, type PageRoutes, pageOf, queryField } from './page-requests.ts';
import {
  codeForm,
  codeView,
  continueView,
  missingAddress,
  type PageContext,
  registerForm,
  registerView,
  shownIdentifier,
  signInView,
  termsOf,
  typesOf,
} from './page-views.ts';

export function codePageRoutes(routes: PageRoutes): void {
  beginningRoutes(routes);
  codeRoutes(routes);
}

function beginningRoutes({ signIn, post, form }: PageRoutes): void {
  form(
    '/sign-in/code',
    async (page) => {
      const { interaction, context, field } = page;
      assertAgreed(page, 'sign-in');
      const identifier = addressOf(field('username').trim(), typesOf(codeForm(context)));
      return signIn.beginCode(interaction, { intent: 'SignIn', identifier, locale: context.language });
    },
    ({ context, field }, error) => signInView(context, { username: field('username').trim(), error }),
  );
  form(
    '/register/code',
    async (page) => {
      const { interaction, context, field } = page;
      assertAgreed(page, 'register');
      const asked = registerForm(context);
      if (asked === 'username' || asked === 'none') throw new AldabaError('user.sign_up_method_not_enabled');
      const identifier = addressOf(field('address').trim(), typesOf(asked));
      return (
        (await signIn.registerProved(interaction, identifier)) ??
        signIn.beginCode(interaction, { intent: 'Register', identifier, locale: context.language })
      );
    },
    ({ context, field }, error) => registerView(context, { typedAddress: field('address').trim(), error }),
  );
  post('/continue/address', async ({ interaction, context, field, show, proceed }) => {
    const prompt = await signIn.promptOf(interaction);
    const asked = prompt.kind === 'continue' ? missingAddress(context, prompt.missing) : undefined;
    if (prompt.kind !== 'continue' || !asked) return proceed({ prompt });
    const typedAddress = field('address').trim();
    try {
      const identifier = addressOf(typedAddress, typesOf(asked));
      await signIn.sendCode(interaction, { identifier, locale: context.language });
    } catch (error) {
      const failure = asFormError(error);
      const view = continueView(context, prompt, { typedAddress, error: pageErrorOf(failure, context.language) });
      if (!view) throw failure;
      return show(view, failure);
    }
    return proceed({ prompt });
  });
}

/** `/verification-code`: shown while a code is awaited; at any other time it leads to what the sign-in asks for. */
function codeRoutes({ signIn, get, post }: PageRoutes): void {
  const { clock } = signIn.pageNeeds;
  const find = async (interaction: Interaction) => {
    const prompt = await signIn.promptOf(interaction);
    return { prompt, code: awaitedCode(signIn.findState(interaction), prompt) };
  };
  const showCode = async (page: PageRequest, options: { resent?: true; failure?: AldabaError } = {}) => {
    const { interaction, context, show, proceed } = page;
    const { resent, failure } = options;
    const { prompt, code } = await find(interaction);
    if (!code) return proceed({ prompt });
    const view = codeView(context, {
      ...code,
      now: clock.now(),
      signsIn: prompt.kind === 'sign-in',
      backPath: pageOf(prompt),
    });
    return show(
      {
        ...view,
        ...(resent ? { resent } : {}),
        ...(failure ? { error: pageErrorOf(failure, context.language) } : {}),
      },
      failure,
    );
  };
  /** A form about the code that is awaited. */
  const awaited = (path: string, work: (page: PageRequest, code: FirstCode) => Promise<unknown>) =>
    post(path, async (page) => {
      const { prompt, code } = await find(page.interaction);
      return code ? work(page, code) : page.proceed({ prompt });
    });

  get('/verification-code', (page) =>
    showCode(page, queryField(page.request, 'notice') === 'resent' ? { resent: true } : {}),
  );
  awaited('/verification-code', async (page, code) => {
    const { interaction, context, field, show, proceed, request } = page;
    try {
      const answer = { code: field('code'), needsAgreement: needsAgreement(context) };
      return proceed(await signIn.finishCode(interaction, code, answer));
    } catch (error) {
      const failure = asFormError(error);
      if (failure.code === 'user.terms_required') {
        const typedAddress = shownIdentifier(code.identifier);
        return show(registerView(context, { typedAddress, error: pageErrorOf(failure, context.language) }), failure);
      }
      // Read again: when the form was sent twice, the first may have done what this one could not.
      return showCode({ ...page, interaction: await signIn.open(request) }, { failure });
    }
  });
  awaited('/verification-code/send', async (page, { identifier }) => {
    try {
      await signIn.sendCode(page.interaction, { identifier, locale: page.context.language });
    } catch (error) {
      return showCode(page, { failure: asFormError(error) });
    }
    return page.redirect('/verification-code', { notice: 'resent' });
  });
}

/**
 * Whether an unknown address has to agree to the terms before it becomes an account, and was not asked on the sign-in
 * page.
 */
const needsAgreement = ({ settings }: PageContext): boolean =>
  termsOf(settings, 'register') === 'checkbox' && termsOf(settings, 'sign-in') !== 'checkbox';
