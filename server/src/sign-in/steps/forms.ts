/**
 * Steps of the hosted pages' forms: what was typed becomes an identifier and a step, as far as the tenant's pages offer
 * it and the user agreed to the terms. Each goes on with a step that the forms share with other callers.
 */
import { AldabaError } from '../../kernel/errors.ts';
import { normalizeEmail, normalizeIdentifier, normalizePhone, phoneDigits } from '../../kernel/identifiers.ts';
import {
  codeForm,
  type IdentifierType,
  missingAddress,
  type PageOffer,
  recoveryForm,
  registerForm,
  signInIdentifiers,
  termsOf,
  termsPageOfLink,
  typesOf,
} from '../machine/policy.ts';
import type { Address, GivenIdentifier, Intent } from '../machine/state.ts';
import type { Identifier } from '../needs.ts';
import type { BeginSteps } from './begin.ts';
import type { LoadedInteraction, Reading } from './context.ts';
import type { EnterSteps } from './enter.ts';
import type { PasskeySteps } from './passkeys.ts';

/** What a form's fields hold, without spaces around names and addresses; empty for a field that was not sent. */
interface Typed {
  username: string;
  address: string;
  password: string;
  agreed: boolean;
}

/** A form that was sent. */
export interface FormRequest {
  interaction: LoadedInteraction;
  context: PageOffer & { locale: string };
  typed: Typed;
}

/**
 * What all throw beside the errors of the step they lead to: `user.terms_required` when a box has to be ticked and was
 * not, `user.username_required`, `user.password_required`, `user.invalid_email`, `user.invalid_phone`.
 */
export function createFormSteps(
  steps: BeginSteps & EnterSteps & Pick<PasskeySteps, 'signInWithPasskey'> & Pick<Reading, 'positionOf'>,
) {
  const beginCode = ({ interaction, context }: FormRequest, intent: Intent, identifier: Address) =>
    steps.beginCode(interaction, { intent, identifier, locale: context.locale });
  return {
    /** The identifier and its password. */
    async submitSignIn(form: FormRequest) {
      assertAgreed(form, 'sign-in');
      const identifier = typedName(form);
      return steps.signInWithPassword(form.interaction, { identifier, password: required(form, 'password') });
    },
    /** @param payload what the browser returned for the passkey that the page asked for */
    async submitPasskey(form: FormRequest, payload: unknown) {
      assertAgreed(form, 'sign-in');
      return steps.signInWithPasskey(form.interaction, payload);
    },
    /** The identifier alone: a code is sent where that comes first, else the password is asked for. */
    async submitIdentifier(form: FormRequest) {
      assertAgreed(form, 'sign-in');
      const given = givenIdentifier(form.typed.username, signInIdentifiers(form.context));
      const address = codeFirstAddress(form, given);
      return address ? beginCode(form, 'SignIn', address) : steps.giveIdentifier(form.interaction, given);
    },
    /** An address for a code that signs in. */
    async submitSignInAddress(form: FormRequest) {
      assertAgreed(form, 'sign-in');
      return beginCode(form, 'SignIn', addressOf(form.typed.username, typesOf(codeForm(form.context))));
    },
    async submitRegistration(form: FormRequest) {
      assertAgreed(form, 'register');
      const username = required(form, 'username');
      return steps.registerWithPassword(form.interaction, { username, password: required(form, 'password') });
    },
    /** An address for a code that begins an account; one that was proved a moment ago needs none. */
    async submitRegistrationAddress(form: FormRequest) {
      assertAgreed(form, 'register');
      const asked = registerForm(form.context);
      if (asked === 'username' || asked === 'none') throw new AldabaError('user.sign_up_method_not_enabled');
      const identifier = addressOf(form.typed.address, typesOf(asked));
      const proved = await steps.registerProved(form.interaction, identifier);
      return proved ?? beginCode(form, 'Register', identifier);
    },
    /** The address of a forgotten password; undefined where no code can stand for one. */
    async submitRecoveryAddress(form: FormRequest) {
      const types = typesOf(recoveryForm(form.context));
      return types.length > 0 ? beginCode(form, 'ForgotPassword', addressOf(form.typed.address, types)) : undefined;
    },
    /** An address that the account lacks: sends a code to it. Returns the prompt, also if it asks for no address. */
    async submitMissingAddress({ interaction, context, typed }: FormRequest) {
      const { prompt } = await steps.positionOf(interaction);
      const asked = prompt.kind === 'continue' ? missingAddress(context, prompt.missing) : undefined;
      if (!asked) return { prompt };
      const identifier = addressOf(typed.address, typesOf(asked));
      await steps.sendCode(interaction, { identifier, locale: context.locale });
      return { prompt };
    },
    /** A one-time link. */
    async submitLink(form: FormRequest, link: { email: string; token: string }) {
      assertAgreed(form, termsPageOfLink(form.context.settings));
      return steps.followLink(form.interaction, link);
    },
  };
}

function assertAgreed({ context, typed }: FormRequest, page: 'sign-in' | 'register'): void {
  if (termsOf(context.settings, page) === 'checkbox' && !typed.agreed) throw new AldabaError('user.terms_required');
}

/** @throws AldabaError `user.username_required`, `user.password_required` */
export function required({ typed }: Pick<FormRequest, 'typed'>, name: 'username' | 'password'): string {
  const { [name]: value } = typed;
  if (value.trim() === '') throw new AldabaError(`user.${name}_required`);
  return value;
}

/** What was typed as what a password signs in with. @throws AldabaError `user.username_required` */
export const typedName = ({
  interaction,
  typed,
}: {
  interaction: LoadedInteraction;
  typed: Pick<Typed, 'username'>;
}): Identifier => identifierOf(typed.username, interaction.policy.passwordIdentifiers);

/** An email or a phone if the tenant signs in with those, else a username. */
function identifierOf(text: string, types: readonly IdentifierType[]): Identifier {
  if (text === '') throw new AldabaError('user.username_required');
  if (types.includes('email') && text.includes('@')) return normalizeIdentifier({ type: 'email', value: text });
  if (types.includes('phone') && /^\d{4,}$/.test(phoneDigits(text)))
    return normalizeIdentifier({ type: 'phone', value: text });
  return {
    type: types[0] === 'username' ? 'username' : (types.find((type) => type === 'username') ?? 'email'),
    value: text,
  };
}

/** An address that a code can be sent to. @throws AldabaError `user.invalid_email`, `user.invalid_phone` */
export function addressOf(text: string, types: readonly Address['type'][]): Address {
  const looksLikePhone = /^\d+$/.test(phoneDigits(text));
  const type = types.length > 1 ? (looksLikePhone ? 'phone' : 'email') : (types[0] ?? 'email');
  const value = type === 'email' ? normalizeEmail(text) : normalizePhone(text);
  if (value === undefined) throw new AldabaError(`user.invalid_${type}`);
  return { type, value };
}

/** What was typed, checked as far as its form goes. No account is looked up. */
function givenIdentifier(text: string, types: readonly IdentifierType[]): GivenIdentifier {
  const addressTypes = types.filter((type) => type !== 'username');
  if (addressTypes.length === types.length) {
    identifierOf(text, types);
    return addressOf(text, addressTypes);
  }
  const { type, value } = identifierOf(text, types);
  return type === 'username' ? { type, value } : addressOf(text, [type]);
}

/** The identifier as an address that a code goes to at once; undefined where its password is asked for. */
function codeFirstAddress(form: FormRequest, { type, value }: GivenIdentifier): Address | undefined {
  if (type === 'username' || !typesOf(codeForm(form.context)).includes(type)) return undefined;
  return form.interaction.policy.codeFirst.includes(type) ? { type, value } : undefined;
}
