import { type Command, type Invocation, UsageError } from './command.ts';

export const signUpCommands: readonly Command[] = [
  {
    name: 'sign-up',
    summary: 'Choose what people sign up with; "none" means social only ("not applicable")',
    usage: 'sign-up username|none',
    run: chooseSignUp,
  },
];

async function chooseSignUp({ app, tenant, words, print }: Invocation): Promise<void> {
  const [choice] = words;
  if (choice !== 'username' && choice !== 'none') throw new UsageError('Choose "username" or "none".');
  const withUsername = choice === 'username';
  await app.signInExperiences.update(tenant, {
    signUp: { identifiers: withUsername ? ['username'] : [], password: withUsername, verify: false },
    signIn: {
      methods: withUsername
        ? [{ identifier: 'username', password: true, verificationCode: false, isPasswordPrimary: true }]
        : [],
    },
  });
  print(
    withUsername ? 'People sign up with a username and a password.' : 'People sign up and in through connectors only.',
  );
}
