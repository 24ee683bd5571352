import * as contract from '@aldaba/contract';
import { type Command, type Invocation, type Output, oneOf, Refused, UsageError, word } from './command.ts';
import { waysIn } from './ways-in.ts';

const choices = ['username', 'email', 'phone', 'none'] as const;
type Choice = (typeof choices)[number];

export const signUpCommands: readonly Command[] = [
  {
    name: 'sign-up',
    summary: 'Choose how users sign up and sign in; "none" means through connectors only',
    words: choices.join('|'),
    example: 'sign-up email --no-password',
    usesConnectors: true,
    options: {
      'no-password': {
        type: 'boolean',
        description: 'With email or phone: sign in with verification codes, without passwords',
      },
    },
    run: chooseSignUp,
  },
];

const sentences: Record<Choice, (password: boolean) => string> = {
  username: () => 'Users sign up and sign in with a username and a password.',
  email: (password) => `Users sign up and sign in with an email address and ${password ? 'a password or ' : ''}a code.`,
  phone: (password) => `Users sign up and sign in with a phone number and ${password ? 'a password or ' : ''}a code.`,
  none: () => 'Users sign up and sign in through connectors only.',
};

const senders = {
  email: { type: 'Email', word: 'email', example: 'simple-mail-transfer-protocol' },
  phone: { type: 'Sms', word: 'SMS', example: 'twilio-short-message-service' },
} as const;

async function chooseSignUp(invocation: Invocation): Promise<Output> {
  const { app, tenant } = invocation;
  const choice = oneOf(word(invocation, `the sign-up method: ${choices.join(', ')}`), choices, 'The choice');
  const withoutPassword = invocation.options['no-password'] === true;
  if (withoutPassword && (choice === 'username' || choice === 'none'))
    throw new UsageError('--no-password requires email or phone.');
  const password = choice !== 'none' && !withoutPassword;
  const change = changeTo(choice, password);
  await requirePossible(invocation, choice, change);
  await app.api.call(contract.updateSignInExperience, tenant, { body: change });
  const before = choice === 'none' ? [] : await waysIn(invocation, await app.signInExperiences.get(tenant));
  const targets = before.filter((way) => way !== choice);
  return {
    text: [sentences[choice](password), ...(targets.length > 0 ? [`Also through: ${targets.join(', ')}`] : [])],
    data: { signUp: choice, password },
  };
}

const changeTo = (choice: Choice, password: boolean) => ({
  signUp: {
    identifiers: choice === 'none' ? [] : [choice],
    password,
    verify: choice === 'email' || choice === 'phone',
    secondaryIdentifiers: [],
  },
  signIn: {
    methods:
      choice === 'none'
        ? []
        : [{ identifier: choice, password, verificationCode: choice !== 'username', isPasswordPrimary: password }],
  },
});

/** Refuses settings under which no user could sign in. */
async function requirePossible(invocation: Invocation, choice: Choice, change: ReturnType<typeof changeTo>) {
  const { app, tenant } = invocation;
  if (choice === 'email' || choice === 'phone') {
    const { type, word: kind, example } = senders[choice];
    if (await app.connectors.sender(tenant, type)) return;
    throw new Refused(
      `No ${kind} connector is configured to send codes. Add one first, for example: ` +
        `connector add ${example} --help.`,
    );
  }
  const settings = { ...(await app.signInExperiences.get(tenant)), ...change };
  if ((await waysIn(invocation, settings)).length > 0) return;
  throw new Refused(
    'No connector is enabled on the sign-in page, so no user could sign in. Add one first: ' +
      'connector add <kind> … --enable, or connector set <kind> --enable for one that is configured.',
  );
}
