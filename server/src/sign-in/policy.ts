/** What a sign-in has to fulfil, resolved from the tenant's settings before the machine runs. Pure. */

export type IdentifierType = 'username' | 'email' | 'phone';
/** `extraProfile`: answers to the custom profile fields that a sign-up asks for. */
export type MissingDetail = IdentifierType | 'password' | 'emailOrPhone' | 'extraProfile';

/** The settings of the sign-in experience that decide (see the contract's sign-in experience for their meaning). */
export interface PolicySettings {
  signInMode: 'SignIn' | 'Register' | 'SignInAndRegister';
  signIn: { methods: readonly { identifier: IdentifierType; password: boolean }[] };
  signUp: {
    identifiers: readonly IdentifierType[];
    password: boolean;
    secondaryIdentifiers?: readonly { identifier: IdentifierType | 'emailOrPhone' }[] | undefined;
  };
  socialSignIn: { skipRequiredIdentifiers?: boolean | undefined };
  /** What a sign-up asks for beside identifiers. */
  profileFields?: readonly unknown[];
}

export interface SignInPolicy {
  /** Whether an existing account may sign in, and whether a new one may be created, on any path. */
  signIn: boolean;
  register: boolean;
  /** Identifiers that sign in together with a password. */
  passwordIdentifiers: readonly IdentifierType[];
  /** Whether an account may be created from a username and a password. */
  registerWithUsername: boolean;
  /** What every account has to have. */
  required: readonly MissingDetail[];
  /** Accounts that come from a social identity need none of it. */
  skipRequiredForSocial: boolean;
}

export function resolvePolicy(settings: PolicySettings): SignInPolicy {
  const { identifiers, password, secondaryIdentifiers = [] } = settings.signUp;
  const required = new Set<MissingDetail>();
  // Email and phone side by side mean "one of the two"; alone each is needed.
  const either = identifiers.includes('email') && identifiers.includes('phone');
  for (const identifier of identifiers) required.add(either && identifier !== 'username' ? 'emailOrPhone' : identifier);
  for (const { identifier } of secondaryIdentifiers) required.add(identifier);
  if (password) required.add('password');
  if (settings.profileFields && settings.profileFields.length > 0) required.add('extraProfile');
  return {
    signIn: settings.signInMode !== 'Register',
    register: settings.signInMode !== 'SignIn',
    passwordIdentifiers: settings.signIn.methods.filter((method) => method.password).map((method) => method.identifier),
    registerWithUsername: identifiers.includes('username') && password,
    required: [...required],
    skipRequiredForSocial: settings.socialSignIn.skipRequiredIdentifiers === true,
  };
}

/** What is there already, of an account or of one that is about to be created. */
export interface Details {
  username: boolean;
  email: boolean;
  phone: boolean;
  password: boolean;
  social: boolean;
}

/** What the policy asks for and is not there, in the policy's order. */
export function missingDetails(
  policy: SignInPolicy,
  details: Details & { extraProfile: boolean },
  cameBySocial: boolean,
): MissingDetail[] {
  if (cameBySocial && policy.skipRequiredForSocial) return [];
  return policy.required.filter((detail) => {
    switch (detail) {
      case 'emailOrPhone':
        return !details.email && !details.phone;
      case 'password':
        // A social identity is a way in of its own: no password has to be invented beside it.
        return !details.password && !details.social;
      default:
        return !details[detail];
    }
  });
}
