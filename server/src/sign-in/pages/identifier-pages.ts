/** A sign-in that asks for the identifier first, and for the password on a page of its own. */
import { resolvePolicy } from '../machine/policy.ts';
import type { Address, GivenIdentifier } from '../machine/state.ts';
import { awaitedCode } from '../steps/begin.ts';
import { addressOf, identifierOf } from '../typed-identifiers.ts';
import { assertAgreed, type PageRoutes } from './page-requests.ts';
import {
  codeForm,
  isIdentifierFirst,
  type PageContext,
  signInIdentifiers,
  signInPasswordView,
  signInView,
  takesPassword,
  typesOf,
} from './page-views.ts';

export function identifierPageRoutes({ signIn, get, form }: PageRoutes): void {
  form(
    '/sign-in/identifier',
    async (page) => {
      const { interaction, context, field } = page;
      assertAgreed(page, 'sign-in');
      const given = givenIdentifier(field('username').trim(), signInIdentifiers(context));
      const identifier = codeFirstAddress(context, given);
      return identifier
        ? signIn.beginCode(interaction, { intent: 'SignIn', identifier, locale: context.language })
        : signIn.giveIdentifier(interaction, given);
    },
    ({ context, field }, error) => signInView(context, { username: field('username').trim(), error }),
  );
  get('/sign-in/password', async ({ interaction, context, show, proceed, redirect }) => {
    const prompt = await signIn.promptOf(interaction);
    if (prompt.kind !== 'sign-in') return proceed({ prompt });
    // Given on the first page, or where a code was sent instead.
    const identifier = prompt.identifier ?? awaitedCode(signIn.findState(interaction), prompt)?.identifier;
    if (!identifier || !isIdentifierFirst(context) || !takesPassword(context, identifier)) return redirect('/sign-in');
    return show(signInPasswordView(context, { identifier }));
  });
}

/**
 * What was typed, checked as far as its form goes. No account is looked up.
 * @throws AldabaError `user.username_required`, `user.invalid_email`, `user.invalid_phone`
 */
function givenIdentifier(text: string, types: ReturnType<typeof signInIdentifiers>): GivenIdentifier {
  const addressTypes = types.filter((type) => type !== 'username');
  if (addressTypes.length === types.length) {
    identifierOf(text, types);
    return addressOf(text, addressTypes);
  }
  const { type, value } = identifierOf(text, types);
  return type === 'username' ? { type, value } : addressOf(text, [type]);
}

/** The identifier as an address that a code goes to at once; undefined where its password is asked for. */
function codeFirstAddress(context: PageContext, { type, value }: GivenIdentifier): Address | undefined {
  if (type === 'username' || !typesOf(codeForm(context)).includes(type)) return undefined;
  return resolvePolicy(context.settings).codeFirst.includes(type) ? { type, value } : undefined;
}
