/** Pages of a forgotten password: the address and the new password. The code is in `code-pages.ts`. */
import type { PageError, ResetPasswordView } from '@aldaba/contract';
import { pageErrorOf } from '../../features/appearance/hosted-pages/words.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { resolvePolicy } from '../machine/policy.ts';
import type { SignIn } from '../steps/index.ts';
import { addressOf } from '../typed-identifiers.ts';
import { asFormError, type PageRequest, type PageRoutes } from './page-requests.ts';
import { forgotPasswordView, recoveryForm, resetPasswordView, typesOf } from './page-views.ts';

export function passwordPageRoutes({ signIn, get, post, form }: PageRoutes): void {
  get('/forgot-password', async ({ interaction, context, show, redirect }) => {
    const { loginHint = '' } = interaction.request;
    const view = forgotPasswordView(context, { typedAddress: loginHint.includes('@') ? loginHint : '' });
    return view ? show(view) : redirect('/sign-in');
  });
  form(
    '/forgot-password',
    async ({ interaction, context, field, redirect }) => {
      const typesAsked = typesOf(recoveryForm(context));
      if (typesAsked.length === 0) {
        redirect('/sign-in');
        return undefined;
      }
      const identifier = addressOf(field('address').trim(), typesAsked);
      return signIn.beginCode(interaction, { intent: 'ForgotPassword', identifier, locale: context.language });
    },
    ({ context, field }, error) => forgotPasswordView(context, { typedAddress: field('address').trim(), error }),
  );

  /** Redirects when the sign-in does not wait for a new password. */
  const showReset = async (page: PageRequest, failure?: AldabaError) => {
    const { interaction, context, show, proceed } = page;
    const prompt = await signIn.promptOf(interaction);
    if (prompt.kind !== 'reset-password') return proceed({ prompt });
    const error = failure && pageErrorOf(failure, context.language);
    return show(await resetView(signIn, page, error), failure);
  };
  get('/forgot-password/reset', (page) => showReset(page));
  post('/forgot-password/reset', async (page) => {
    const { interaction, field, proceed, redirect } = page;
    const prompt = await signIn.promptOf(interaction);
    if (prompt.kind !== 'reset-password') return proceed({ prompt });
    try {
      const password = field('password');
      if (password.trim() === '') throw new AldabaError('user.password_required');
      await signIn.resetPassword(interaction, password);
    } catch (error) {
      return showReset(page, asFormError(error));
    }
    return redirect('/sign-in', { notice: 'password-changed' });
  });
}

async function resetView(
  signIn: SignIn,
  { interaction, context }: PageRequest,
  error: PageError | undefined,
): Promise<ResetPasswordView> {
  const user = (await signIn.findIdentified(interaction))?.user;
  // What the account signs in with, for the password manager to keep the new password under.
  const names = { username: user?.username, email: user?.primaryEmail, phone: user?.primaryPhone };
  const username = resolvePolicy(context.settings)
    .passwordIdentifiers.map((type) => names[type])
    .find((name) => typeof name === 'string');
  return resetPasswordView(context, { ...(username ? { username } : {}), ...(error ? { error } : {}) });
}
