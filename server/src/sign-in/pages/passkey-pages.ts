/** What the pages that begin a sign-in ask the browser (a passkey, a captcha), and what they say it is for. */
import type { CaptchaChallenge, OneTapOffer, PasskeyOffer } from '@aldaba/contract';
import { AldabaError } from '../../kernel/errors.ts';
import { type FormRequest, typedName } from '../steps/forms.ts';
import type { SignIn } from '../steps/index.ts';
import { type PageContext, passkeyOffer, type Screen } from '../views.ts';
import { connectsTo } from './linking/view.ts';
import { oneTapOffer } from './social/one-tap.ts';

const withCaptcha: readonly Screen['kind'][] = ['sign-in', 'sign-in-password', 'register', 'forgot-password'];

/** What the script of a page answers. */
export async function askOnPage(
  signIn: SignIn,
  page: Pick<FormRequest, 'interaction'> & { context: PageContext },
  view: Screen,
): Promise<{
  passkey?: PasskeyOffer | undefined;
  captcha?: CaptchaChallenge | undefined;
  connects?: string;
  oneTap?: OneTapOffer | undefined;
}> {
  const passkey = await askPasskey(signIn, page, view);
  const captcha = withCaptcha.includes(view.kind) ? await signIn.captchaFor(page.interaction) : undefined;
  const connects = connectsTo(signIn.findState(page.interaction), page.context);
  const oneTap = view.kind === 'sign-in' ? await oneTapOffer(signIn, page, view) : undefined;
  return { passkey, captcha, oneTap, ...(connects && view.kind.startsWith('sign-in') ? { connects } : {}) };
}

/**
 * Asks for a passkey where the page offers one: on the first page for any, on that of the password for one of the
 * identifier's account. Undefined where passkeys do not sign in.
 */
async function askPasskey(
  signIn: SignIn,
  { interaction, context }: Pick<FormRequest, 'interaction'> & { context: PageContext },
  view: Screen,
): Promise<PasskeyOffer | undefined> {
  const offer = passkeyOffer(context, view.kind);
  const typed = view.kind === 'sign-in-password' ? { username: view.identifier } : undefined;
  if (!offer || (typed && !signIn.findState(interaction))) return undefined;
  try {
    const asked = await signIn.askPasskey(interaction, typed && typedName({ interaction, typed }));
    return { ...offer, options: { ...asked.authenticationOptions } };
  } catch (error) {
    // Another request of the same sign-in was faster: the page has its other ways.
    if (error instanceof AldabaError && error.code === 'session.not_found') return undefined;
    throw error;
  }
}
