/** Pure rules of the sign-up and sign-in settings, by which a choice brings along what it needs. */
import type { SignInExperience, SignInIdentifier } from '@aldaba/contract';
import type { Values } from './values.ts';

type SignUp = Values['signUp'];
type Method = Values['signIn']['methods'][number];
type Chosen = Pick<Values, 'signUp' | 'signIn'>;
/** What decides which forms the sign-in page has. */
type Offered = Pick<SignInExperience, 'signInMode' | 'signUp' | 'signIn' | 'socialSignInConnectorTargets'>;

/** What a new account can be identified by; an empty list: accounts come from social sign-in only. */
export const identifierChoices = {
  none: [],
  username: ['username'],
  email: ['email'],
  phone: ['phone'],
  emailOrPhone: ['email', 'phone'],
} as const satisfies Record<string, readonly SignInIdentifier[]>;
export type IdentifierChoice = keyof typeof identifierChoices;

/** The choice that stands for the identifiers; undefined for a combination that only the API sets. */
export const choiceOf = (identifiers: readonly SignInIdentifier[]): IdentifierChoice | undefined =>
  (Object.keys(identifierChoices) as IdentifierChoice[]).find(
    (choice) => [...identifierChoices[choice]].sort().join() === [...identifiers].sort().join(),
  );

/** Chooses the identifiers of new accounts, with the verification, password and sign-in methods that they need. */
export function chooseIdentifiers({ signUp, signIn }: Chosen, identifiers: readonly SignInIdentifier[]): Chosen {
  const hasUsername = identifiers.includes('username');
  return withMethods(
    {
      ...signUp,
      identifiers: [...identifiers],
      verify: identifiers.some((identifier) => identifier !== 'username'),
      password: identifiers.length > 0 && (hasUsername || signUp.password),
      secondaryIdentifiers: signUp.secondaryIdentifiers.filter(
        ({ identifier }) => !secondaryClashes(identifier, identifiers),
      ),
    },
    signIn,
  );
}

/** Chooses whether new accounts have a password; a username needs one. */
export const choosePassword = ({ signUp, signIn }: Chosen, password: boolean): Chosen =>
  withMethods({ ...signUp, password }, signIn);

/** A further identifier that the sign-up asks for anyway. */
export const secondaryClashes = (
  secondary: SignUp['secondaryIdentifiers'][number]['identifier'],
  identifiers: readonly SignInIdentifier[],
): boolean =>
  secondary === 'emailOrPhone'
    ? identifiers.includes('email') || identifiers.includes('phone')
    : identifiers.includes(secondary);

/** Whether the pages have no password form, because accounts come from the social buttons only. */
export const hidesPasswords = ({ signInMode, signUp, socialSignInConnectorTargets }: Offered): boolean =>
  signInMode !== 'SignIn' && signUp.identifiers.length === 0 && socialSignInConnectorTargets.length > 0;

/** The identifiers that the sign-in page accepts with a password. */
export const passwordIdentifiers = (settings: Offered): SignInIdentifier[] =>
  settings.signInMode === 'Register' || hidesPasswords(settings)
    ? []
    : settings.signIn.methods.filter(({ password }) => password).map(({ identifier }) => identifier);

/** Users have to be able to sign in with what they signed up with. */
function withMethods(signUp: SignUp, signIn: Values['signIn']): Chosen {
  const methods = signIn.methods.map((method) =>
    signUp.identifiers.includes(method.identifier) ? methodFor(signUp, method) : method,
  );
  for (const identifier of signUp.identifiers)
    if (!methods.some((method) => method.identifier === identifier))
      methods.push(methodFor(signUp, { ...newMethod(identifier), verificationCode: false, password: false }));
  return { signUp, signIn: { ...signIn, methods } };
}

const methodFor = (signUp: SignUp, method: Method): Method => ({
  ...method,
  password: method.password || signUp.password,
  verificationCode: method.verificationCode || (!signUp.password && method.identifier !== 'username'),
});

/** A method as it is added: with a password, which needs no connector. */
export const newMethod = (identifier: SignInIdentifier): Method => ({
  identifier,
  password: true,
  verificationCode: false,
  isPasswordPrimary: true,
});
