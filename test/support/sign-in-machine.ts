/** Sign-ins put together event by event, for the tests of the sign-in machine. */
import assert from 'node:assert/strict';
import type { NewFactor } from '../../server/src/features/people/mfa-verifications/index.ts';
import { step } from '../../server/src/sign-in/machine/machine.ts';
import { type PolicySettings, resolvePolicy } from '../../server/src/sign-in/machine/policy.ts';
import type { Address, Challenge, Intent, Proof, SignInState } from '../../server/src/sign-in/machine/state.ts';
import type {
  Account,
  Effect,
  Prompt,
  Refusal,
  SignInEvent,
  Step,
} from '../../server/src/sign-in/machine/vocabulary.ts';

export const now = 1_800_000_000_000;
type Result = Step | Refusal;
export type Mfa = NonNullable<PolicySettings['mfa']>;
export type FactorStatus = NonNullable<Account['secondFactors']>;

export const email = (value: string): Address => ({ type: 'email', value });
export const phone = (value: string): Address => ({ type: 'phone', value });

/** How an identifier signs in. */
export const method = (identifier: 'username' | 'email' | 'phone', ways: { password?: boolean; code?: boolean }) => ({
  identifier,
  password: ways.password ?? false,
  verificationCode: ways.code ?? false,
});
/** Codes sign in and register. */
export const codes: PolicySettings = {
  signInMode: 'SignInAndRegister',
  signIn: { methods: [method('email', { code: true }), method('phone', { code: true })] },
  signUp: { identifiers: ['email', 'phone'], password: false },
  socialSignIn: {},
};
/** Passwords do; an address gets a new one. */
export const passwords: PolicySettings = {
  ...codes,
  signIn: { methods: [method('username', { password: true }), method('email', { password: true })] },
  signUp: { identifiers: ['username'], password: true },
};
/** Users sign in and register by a provider only. */
export const socialOnly: PolicySettings = {
  ...codes,
  signIn: { methods: [] },
  signUp: { identifiers: [], password: false },
};

/** A person with a password and these addresses. */
export const person = (id: string, addresses: readonly Address[] = [], more: Partial<Account> = {}): Account => ({
  id,
  isSuspended: false,
  username: true,
  email: addresses.some(({ type }) => type === 'email'),
  phone: addresses.some(({ type }) => type === 'phone'),
  password: true,
  social: false,
  identities: {},
  addresses,
  risks: [],
  requiresSecondFactor: false,
  ...more,
});

/** The second factors of a user: these kinds, and no decision. */
export const having = (
  types: readonly FactorStatus['factors'][number]['type'][],
  more: Partial<FactorStatus> = {},
): FactorStatus => ({
  factors: types.map((type) => ({
    id: type,
    type,
    createdAt: 0,
    ...(type === 'BackupCode' ? { remainCodes: 3 } : {}),
  })),
  skipped: false,
  suggestionSkipped: false,
  skipMfaOnSignIn: false,
  passkeySkipped: false,
  isRequiredByOrganization: false,
  refusesTrustedDevices: false,
  ...more,
});

let count = 0;
const base = () => {
  count += 1;
  return { id: `proof-${count}`, createdAt: now, used: false };
};
export const byPassword = ({ id }: Pick<Account, 'id'>, more: { expired?: true } = {}): Proof => ({
  ...base(),
  type: 'Password',
  passwordHash: 'hash',
  userId: id,
  identifier: { type: 'username', value: id },
  ...more,
});
export const byCode = (identifier: Address): Proof => ({
  ...base(),
  type: identifier.type === 'email' ? 'EmailVerificationCode' : 'PhoneVerificationCode',
  identifier,
});
export const bySocial = (id: string): Extract<Proof, { type: 'Social' }> => ({
  ...base(),
  type: 'Social',
  connectorId: 'connector',
  target: 'wechat',
  syncProfile: false,
  identity: { id },
});
export const byNewName = (value: string): Proof => ({
  ...base(),
  type: 'NewPasswordIdentity',
  identifier: { type: 'username', value },
  password: 'sealed',
});
/** A passkey that signs in by itself. */
export const byPasskey = ({ id }: Pick<Account, 'id'>): Proof => ({
  ...base(),
  type: 'SignInPasskey',
  userId: id,
  factorId: 'WebAuthn',
});
/** A second factor of the person's, shown. */
export const shown = (type: 'Totp' | 'WebAuthn' | 'BackupCode', { id }: Pick<Account, 'id'>): Proof => ({
  ...base(),
  type,
  userId: id,
  factorId: type,
});
/** A code to an address, as a second factor. */
export const shownCode = (identifier: Address, { id }: Pick<Account, 'id'>): Proof => ({
  ...base(),
  type: identifier.type === 'email' ? 'MfaEmailVerificationCode' : 'MfaPhoneVerificationCode',
  identifier,
  userId: id,
});
const newFactors: { [Type in NewFactor['type']]: Extract<NewFactor, { type: Type }> } = {
  Totp: { type: 'Totp', secretSealed: 'sealed', step: 1 },
  WebAuthn: {
    type: 'WebAuthn',
    passkey: { credentialId: 'credential', publicKey: 'key', rpId: 'example.com', counter: 0, transports: [] },
  },
  BackupCode: { type: 'BackupCode', codesSealed: 'sealed' },
};
const newProofs = { Totp: 'NewTotp', WebAuthn: 'NewPasskey', BackupCode: 'NewBackupCodes' } as const;
/** A second factor that was created. */
export const made = (type: NewFactor['type']): Proof =>
  ({ ...base(), type: newProofs[type], factor: newFactors[type] }) as Proof;

export const start = (intent: Intent = 'SignIn'): SignInEvent => ({ type: 'started', intent });
export const change = (intent: Intent): SignInEvent => ({ type: 'intent-changed', intent });
const about = (account: Account | undefined) => (account ? { account } : {});
export const prove = (proof: Proof, account?: Account): SignInEvent => ({ type: 'proved', proof, ...about(account) });
export const identify = (proof?: Proof, account?: Account): SignInEvent => ({
  type: 'identified',
  ...(proof ? { proofId: proof.id } : {}),
  ...about(account),
});
/** Proves an identity, and identifies the user by that proof. */
export const enter = (proof: Proof, account?: Account): SignInEvent[] => [prove(proof), identify(proof, account)];
export const challenge = (given: Challenge): SignInEvent => ({ type: 'challenged', challenge: given });
export const choosePassword = (account?: Account): SignInEvent => ({
  type: 'password-chosen',
  password: 'new',
  ...about(account),
});
export const chooseName = (value: string, account?: Account): SignInEvent => ({
  type: 'username-chosen',
  value,
  taken: false,
  ...about(account),
});
export const addAddress = (proof: Proof, account?: Account, taken = false): SignInEvent => ({
  type: 'address-added',
  proofId: proof.id,
  taken,
  ...about(account),
});
export const addFactor = (proof: Proof, account?: Account): SignInEvent => ({
  type: 'factor-added',
  proofId: proof.id,
  ...about(account),
});
export const choose = (
  choice: 'enabled' | 'skipped' | 'suggestionSkipped' | 'passkeySkipped',
  account?: Account,
): SignInEvent => ({
  type: 'factor-choice',
  choice,
  ...about(account),
});
export const created = (account: Account): SignInEvent => ({ type: 'created', account });
export const submit = (account?: Account): SignInEvent => ({ type: 'submitted', ...about(account) });

export interface Run {
  last: Result;
  effects: Effect[];
  state: SignInState | undefined;
}

/** Runs events until one is refused. `changed`: settings that the operator changes before the last event. */
export function run(
  settings: PolicySettings,
  events: readonly SignInEvent[],
  changed: Partial<PolicySettings> = {},
): Run {
  let state: SignInState | undefined;
  let last: Result = { refused: 'session.interaction_not_found' };
  const effects: Effect[] = [];
  for (const [at, event] of events.entries()) {
    const valid = at === events.length - 1 ? { ...settings, ...changed } : settings;
    last = step(state, event, { policy: resolvePolicy(valid), now });
    if ('refused' in last) break;
    state = last.state;
    effects.push(...last.effects);
  }
  return { last, effects, state };
}

/** A prompt in one line, e.g. `show-factor WebAuthn Totp`, `add-factor Totp (skippable)`. */
function promptText(prompt: Prompt): string {
  switch (prompt.kind) {
    case 'continue':
      return `continue ${prompt.missing.join(' ')}`;
    case 'show-factor':
      return `show-factor ${prompt.factors.join(' ')}`;
    case 'add-factor': {
      const manner = prompt.signsIn
        ? ' (to sign in)'
        : prompt.additional
          ? ' (suggested)'
          : prompt.skippable
            ? ' (skippable)'
            : '';
      return `add-factor ${prompt.factors.join(' ')}${manner}`;
    }
    default:
      return prompt.kind;
  }
}

/** What came of the last event: a refusal, the effects that count for a table, or what comes next. */
export function outcome({ last }: Run): string {
  if ('refused' in last) return `refused ${last.refused}`;
  const wishes = last.effects.map((effect) =>
    effect.type === 'finish' ? `finish ${effect.amr.join(' ')}` : effect.type,
  );
  return wishes.length > 0 ? wishes.join(', ') : promptText(last.prompt);
}

/** A test for each line of a table that reads as the specification. */
export const checksOf = (
  table: readonly [name: string, settings: PolicySettings, events: readonly SignInEvent[], outcome: string][],
): [name: string, check: () => void][] =>
  table.map(([name, settings, events, expected]) => [
    name,
    () => assert.equal(outcome(run(settings, events)), expected),
  ]);
