/** Part of the HTML door: a sign-in that asks for the identifier first, and for the password on a page of its own. */
import { pageErrorOf } from '../../features/appearance/hosted-pages/words.ts';
import type { Http } from '../../http/index.ts';
import { awaitedCode } from '../code-flows.ts';
import { resolvePolicy } from '../machine/policy.ts';
import { type Address, type GivenIdentifier, readState } from '../machine/state.ts';
import type { Prompt } from '../machine/vocabulary.ts';
import type { Interaction } from '../port.ts';
import type { SignIn } from '../service.ts';
import { addressOf, identifierOf } from '../typed-identifiers.ts';
import { asFormError, assertAgreed, formField, type PageDoor, pageAddress } from './page-door.ts';
import {
  codeForm,
  isIdentifierFirst,
  type PageContext,
  signInIdentifiers,
  signInPasswordView,
  signInView,
  typesOf,
} from './page-views.ts';

export function identifierPageRoutes(http: Http, signIn: SignIn, door: PageDoor): void {
  http.post(
    '/sign-in/identifier',
    door.form(async (request, reply, interaction) => {
      const context = await door.context(interaction, request);
      const username = formField(request, 'username').trim();
      try {
        assertAgreed(request, context, 'sign-in');
        const identifier = givenIdentifier(username, signInIdentifiers(context));
        const address = codeFirstAddress(context, identifier);
        const standing = address
          ? await signIn.beginCode(interaction, { intent: 'SignIn', identifier: address, locale: context.language })
          : await signIn.giveIdentifier(interaction, identifier);
        door.proceed(reply, interaction, standing);
      } catch (error) {
        const failure = asFormError(error);
        const form = { username, error: pageErrorOf(failure, context.language) };
        await door.show(request, reply, { interaction, view: signInView(context, form), status: failure.status });
      }
    }),
  );
  http.get(
    '/sign-in/password',
    door.page(async (request, reply, interaction) => {
      const context = await door.context(interaction, request);
      const prompt = await door.standing(interaction);
      const identifier = isIdentifierFirst(context) ? passwordIdentifier(signIn, interaction, prompt) : undefined;
      if (identifier && takesPassword(context, identifier))
        return door.show(request, reply, { interaction, view: signInPasswordView(context, { identifier }) });
      if (prompt.kind === 'sign-in') return reply.redirect(pageAddress('/sign-in', interaction), 303);
      return door.proceed(reply, interaction, { prompt });
    }),
  );
}

/** Whether the password of an identifier signs in. */
export const takesPassword = ({ settings }: Pick<PageContext, 'settings'>, { type }: GivenIdentifier): boolean =>
  resolvePolicy(settings).passwordIdentifiers.includes(type);

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

/** The identifier that a password is asked for: the one given on the first page, or where a code was sent instead. */
function passwordIdentifier({ needs }: SignIn, { state }: Interaction, prompt: Prompt): GivenIdentifier | undefined {
  if (prompt.kind !== 'sign-in') return undefined;
  return prompt.identifier ?? awaitedCode(readState(state, needs.clock.now()), prompt)?.identifier;
}
