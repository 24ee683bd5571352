import * as contract from '@aldaba/contract';
import { type Command, type Invocation, type Output, oneOf, texts, UsageError } from './command.ts';
import { facts } from './layout.ts';

const policies = {
  optional: 'PromptAtSignInAndSignUp',
  required: 'PromptAtSignInAndSignUpMandatory',
  quiet: 'NoPrompt',
} as const;
const states = ['off', 'quiet', 'optional', 'required'] as const;
const factors = {
  totp: 'Totp',
  passkey: 'WebAuthn',
  'backup-code': 'BackupCode',
  email: 'EmailVerificationCode',
  phone: 'PhoneVerificationCode',
} as const;
type Factor = keyof typeof factors;
const factorNames = Object.keys(factors) as Factor[];

export const mfaCommands: readonly Command[] = [
  {
    name: 'mfa',
    summary: 'Show or choose the second factors, and whether people need one',
    words: `[${states.join('|')}]`,
    example: 'mfa required --factor totp --factor passkey --factor backup-code',
    usesConnectors: true,
    options: {
      factor: {
        type: 'string',
        multiple: true,
        value: factorNames.join('|'),
        description: 'An enabled factor; repeatable (default: totp, passkey and backup-code)',
      },
    },
    help: async () => [
      'off       sign-in does not ask for a second factor, and users cannot set one up',
      'quiet     users with a second factor must verify it; the pages do not offer to set one up',
      'optional  users are asked to set one up at sign-up and sign-in, and can skip it',
      'required  all users must set one up',
    ],
    run: chooseFactors,
  },
];

async function chooseFactors(invocation: Invocation): Promise<Output> {
  const { app, tenant, words } = invocation;
  const [choice] = words;
  const named = texts(invocation, 'factor').map((factor) => oneOf(factor, factorNames, '--factor'));
  if (choice === undefined && named.length > 0) throw new UsageError(`--factor requires one of ${states.join(', ')}.`);
  if (choice !== undefined) {
    const state = oneOf(choice, states, 'The choice');
    if (state === 'off' && named.length > 0) throw new UsageError('--factor cannot be combined with off.');
    const { mfa } = await app.signInExperiences.get(tenant);
    const kept = mfa.factors.length > 0 ? mfa.factors : [factors.totp, factors.passkey, factors['backup-code']];
    const chosen = named.length > 0 ? named.map((factor) => factors[factor]) : kept;
    await app.api.call(contract.updateSignInExperience, tenant, {
      body: {
        mfa: { ...mfa, factors: state === 'off' ? [] : chosen, policy: state === 'off' ? 'NoPrompt' : policies[state] },
      },
    });
  }
  const { mfa } = await app.signInExperiences.get(tenant);
  return { text: describe(mfa), data: mfa };
}

function describe({ factors: chosen, policy }: contract.SignInExperienceSettings['mfa']): string[] {
  if (chosen.length === 0) return ['Second factors are off.'];
  const names = factorNames.filter((name) => chosen.includes(factors[name]));
  const state = states.find((name) => name !== 'off' && policies[name] === policy);
  return facts([
    ['Second factor', state ?? policy],
    ['Factors', names.join(', ')],
  ]);
}
