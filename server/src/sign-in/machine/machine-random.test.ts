import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { play, sequences, type Visit } from '../../../../test/support/random-sign-ins.ts';
import { type World, worlds } from '../../../../test/support/random-worlds.ts';
import type { Address, Proof, SecondFactorChoices } from './state.ts';
import type { Account, Effect, SignInEvent } from './vocabulary.ts';

/*
 * Random sequences of events, with accounts, proofs and policies drawn at random too: what must hold however people,
 * custom pages and attackers put the steps together. What is expected is worked out here from the settings, the account
 * and the events alone, not with the machine's own parts.
 */

/** What was done in a sign-in up to a step, that step included, as the events tell it. */
interface History {
  /** Proofs by their id, as the factors gave them. */
  given: Map<string, Proof>;
  /** First factors that said something of this person, or of the account to be. */
  ways: Proof[];
  seconds: Proof[];
  choices: SecondFactorChoices;
  madeFactors: string[];
  hasAnswered: boolean;
  hasChosenPassword: boolean;
}
const fresh = (): History => ({
  given: new Map(),
  ways: [],
  seconds: [],
  choices: {},
  madeFactors: [],
  hasAnswered: false,
  hasChosenPassword: false,
});

const secondNames: Readonly<Record<string, string>> = {
  Totp: 'Totp',
  WebAuthn: 'WebAuthn',
  BackupCode: 'BackupCode',
  MfaEmailVerificationCode: 'EmailVerificationCode',
  MfaPhoneVerificationCode: 'PhoneVerificationCode',
};
const isSecond = ({ type }: Proof) => type in secondNames;
const ownerOf = (proof: Proof) => ('userId' in proof ? proof.userId : undefined);
const codeName = ({ type }: Address) => (type === 'email' ? 'EmailVerificationCode' : 'PhoneVerificationCode');

function follow(history: History, { event, before, after }: Visit): History {
  if (event.type === 'started') return fresh();
  const next: History = { ...history, given: new Map(history.given) };
  const said = 'proofId' in event && event.proofId !== undefined ? history.given.get(event.proofId) : undefined;
  switch (event.type) {
    case 'intent-changed':
      return before?.intent === after.intent ? next : { ...fresh(), given: next.given };
    case 'proved':
    case 'answered':
      if (!event.proof) return next;
      next.given.set(event.proof.id, event.proof);
      return isSecond(event.proof) ? { ...next, seconds: [...history.seconds, event.proof] } : next;
    case 'identified':
    case 'social-added':
    case 'address-added':
      return said ? { ...next, ways: [...history.ways, said] } : next;
    case 'factor-added':
      return said && 'factor' in said ? { ...next, madeFactors: [...history.madeFactors, said.factor.type] } : next;
    case 'factor-choice':
      return { ...next, choices: { ...history.choices, [event.choice]: true } };
    case 'profile-added':
      return { ...next, hasAnswered: true };
    case 'password-chosen':
      return { ...next, hasChosenPassword: true };
    default:
      return next;
  }
}

/** Addresses that a code of this sign-in proved. */
const provedAddresses = ({ ways }: History): Address[] =>
  ways.flatMap((proof) =>
    proof.type === 'EmailVerificationCode' || proof.type === 'PhoneVerificationCode' ? [proof.identifier] : [],
  );
const holds = (addresses: readonly Address[], { type, value }: Address) =>
  addresses.some((known) => known.type === type && known.value === value);

type Settings = World['settings'];
const isMandatory = ({ mfa }: Settings, { secondFactors }: Account) =>
  mfa.policy.includes('Mandatory') ||
  (mfa.organizationRequiredMfaPolicy === 'Mandatory' && secondFactors?.isRequiredByOrganization === true);
/** Kinds that the person set up and the tenant offers. */
const ownKinds = ({ mfa }: Settings, { secondFactors }: Account): string[] =>
  (secondFactors?.factors ?? [])
    .filter(({ type, remainCodes = 0 }) => mfa.factors.includes(type) && (type !== 'BackupCode' || remainCodes > 0))
    .map(({ type }) => type);
const codeKinds = ({ mfa }: Settings, addresses: readonly Address[]): string[] =>
  addresses.map(codeName).filter((kind) => (mfa.factors as string[]).includes(kind));

/** Whether a sign-in of this account needs a second factor, and has not seen one. */
function owesFactor(settings: Settings, account: Account, history: History): boolean {
  const own = ownKinds(settings, account);
  const { enabled = false, isRequiredByOrganization = false } = account.secondFactors ?? {};
  const skipMfaOnSignIn = account.secondFactors?.skipMfaOnSignIn === true && !isRequiredByOrganization;
  const isDemanded =
    isMandatory(settings, account) || account.risks.length > 0 || ((enabled || own.length > 0) && !skipMfaOnSignIn);
  const proved = provedAddresses(history);
  const reachable = account.addresses.filter((address) => !holds(proved, address));
  const canShow = own.length > 0 || codeKinds(settings, reachable).length > 0;
  return isDemanded && canShow && !history.seconds.some((proof) => ownerOf(proof) === account.id);
}

/** What a complete sign-in would leave to set up or to decide: nothing is what it should. */
function owesSetup(settings: Settings, account: Account, history: History, intent: string): string | undefined {
  const { policy, factors } = settings.mfa;
  const isMandatoryHere = isMandatory(settings, account);
  const isTenants = policy.includes('Mandatory');
  const isPrompted =
    intent === 'Register'
      ? policy !== 'NoPrompt' && !policy.startsWith('PromptOnlyAtSignIn')
      : policy !== 'NoPrompt' || (isMandatoryHere && !isTenants);
  const has = [...ownKinds(settings, account), ...history.madeFactors];
  if (history.madeFactors.length > 0 && factors.includes('BackupCode') && !has.includes('BackupCode'))
    return 'backup codes';
  const wasShown = history.seconds.some((proof) => ownerOf(proof) === account.id);
  if (
    wasShown &&
    policy !== 'NoPrompt' &&
    factors.includes('BackupCode') &&
    has.length > 0 &&
    !has.includes('BackupCode')
  )
    return 'backup codes';
  const { skipped, suggestionSkipped, enabled } = { ...account.secondFactors, ...history.choices };
  const offered = factors.filter((kind) => kind !== 'BackupCode');
  if (!isPrompted || offered.length === 0 || has.some((kind) => kind !== 'BackupCode')) return undefined;
  const codes = codeKinds(settings, [...account.addresses, ...provedAddresses(history)]);
  if (isMandatoryHere && codes.length === 0) return 'a factor';
  const isBetterOffered = offered.some((kind) => kind === 'Totp' || kind === 'WebAuthn');
  if (isMandatoryHere) return isBetterOffered && !suggestionSkipped ? 'a look at a better factor' : undefined;
  return skipped || (enabled && codes.length > 0) ? undefined : 'a decision';
}

type Scene = Visit & { history: History; earlier: History };
const tell = (visits: readonly Visit[]): Scene[] => {
  let history = fresh();
  return visits.map((visit) => {
    const earlier = history;
    history = follow(history, visit);
    const scene = { ...visit, history, earlier };
    if (visit.effects.some(({ type }) => type === 'reset-password')) history = fresh();
    return scene;
  });
};
const always = (promise: (scene: Scene, world: World) => void) =>
  fc.assert(
    fc.property(worlds, sequences, (world, drafts) => {
      for (const scene of tell(play(world, drafts))) promise(scene, world);
    }),
    { numRuns: 1000, seed: 20_261_122 },
  );
const effectOf = <Type extends Effect['type']>({ effects }: Visit, type: Type) =>
  effects.find((effect): effect is Extract<Effect, { type: Type }> => effect.type === type);
/** Events that add to the account of the person, or to one that is to be made. */
const additions: readonly SignInEvent['type'][] = [
  'username-chosen',
  'password-chosen',
  'social-added',
  'address-added',
  'profile-added',
  'factor-added',
  'factor-choice',
];

describe('the sign-in machine, whatever the order of the steps', () => {
  it('reaches every way of completion, so that the checks below are not empty', () => {
    const counts = {
      all: 0,
      mfa: 0,
      byCode: 0,
      registered: 0,
      factors: 0,
      choices: 0,
      resets: 0,
      addresses: 0,
      expired: 0,
    };
    const count = (name: keyof typeof counts, is: unknown) => {
      if (is) counts[name] += 1;
    };
    always((scene) => {
      count('resets', effectOf(scene, 'reset-password'));
      const finish = effectOf(scene, 'finish');
      if (!finish) return;
      count('all', true);
      count('mfa', finish.amr.includes('mfa'));
      count('byCode', finish.amr.includes('email') && scene.after.intent === 'SignIn');
      count('registered', scene.after.intent === 'Register');
      count('factors', effectOf(scene, 'add-factors'));
      count('choices', effectOf(scene, 'keep-choices'));
      count('addresses', finish.patch.email ?? finish.patch.phone);
      count(
        'expired',
        scene.history.ways.some((proof) => proof.type === 'Password' && proof.expired),
      );
    });
    for (const [name, number] of Object.entries(counts)) assert.ok(number >= 20, `${name}: ${number} of ${counts.all}`);
  });

  // security: skipped-steps
  it('completes only for a user who was proved in this sign-in and is not suspended', () => {
    always((scene) => {
      const finish = effectOf(scene, 'finish');
      if (!finish) return;
      const { event, after, history } = scene;
      assert.ok(event.type === 'submitted' && event.account?.id === finish.userId && !event.account.isSuspended);
      assert.notEqual(after.intent, 'ForgotPassword');
      const { account } = event;
      const provesPerson = (proof: Proof) =>
        proof.type === 'Password'
          ? proof.userId === account.id
          : proof.type === 'Social'
            ? proof.identity.id === account.id
            : 'identifier' in proof &&
              proof.type.endsWith('Code') &&
              holds(account.addresses, proof.identifier as Address);
      assert.ok(account.id.startsWith('created-') || history.ways.some(provesPerson), 'no user was proved');
    });
  });

  // security: skipped-steps
  it('completes only after a due second factor was shown in this sign-in by the user', () => {
    always((scene, { settings }) => {
      if (!effectOf(scene, 'finish') || scene.event.type !== 'submitted' || !scene.event.account) return;
      const { account } = scene.event;
      if (scene.after.intent === 'SignIn') assert.ok(!owesFactor(settings, account, scene.history), 'a factor is due');
      assert.equal(owesSetup(settings, account, scene.history, scene.after.intent), undefined);
    });
  });

  it('accepts as a second factor only one that the tenant offers, of the user, and not the first factor again', () => {
    always(({ event, before, earlier }, { settings, people }) => {
      if ((event.type !== 'proved' && event.type !== 'answered') || !event.proof || !isSecond(event.proof)) return;
      const { proof } = event;
      assert.ok((settings.mfa.factors as string[]).includes(secondNames[proof.type] ?? ''));
      assert.ok(before?.userId !== undefined && before.userId === ownerOf(proof) && before.intent !== 'ForgotPassword');
      if (proof.type !== 'MfaEmailVerificationCode' && proof.type !== 'MfaPhoneVerificationCode') return;
      const account = people.find(({ id }) => id === proof.userId);
      assert.ok(holds(account?.addresses ?? [], proof.identifier));
      assert.ok(!holds(provedAddresses(earlier), proof.identifier), 'one code counted as two factors');
    });
  });

  // security: skipped-steps
  it('adds nothing to an account before a due factor is shown', () => {
    always(({ event, before, earlier }, { settings }) => {
      if (before?.userId === undefined || before.intent !== 'SignIn' || !additions.includes(event.type)) return;
      const account = 'account' in event ? event.account : undefined;
      assert.ok(account?.id === before.userId && !owesFactor(settings, account, earlier));
    });
  });

  it('names in the token exactly the methods that proved the user', () => {
    const words: Readonly<Record<string, string>> = {
      Password: 'pwd',
      NewPasswordIdentity: 'pwd',
      Social: 'social',
      EmailVerificationCode: 'email',
      PhoneVerificationCode: 'sms',
      Totp: 'otp',
      WebAuthn: 'pop',
      BackupCode: 'otp',
      MfaEmailVerificationCode: 'email',
      MfaPhoneVerificationCode: 'sms',
    };
    always((scene) => {
      const finish = effectOf(scene, 'finish');
      if (!finish) return;
      const { ways, seconds } = scene.history;
      const expected = new Set([...ways, ...seconds].map(({ type }) => words[type] ?? type));
      if (seconds.length > 0) expected.add('mfa');
      assert.deepEqual(new Set(finish.amr), expected);
    });
  });

  it('completes no sign-in with an expired password that is not replaced', () => {
    always((scene) => {
      const finish = effectOf(scene, 'finish');
      const password = scene.history.ways.findLast((proof) => proof.type === 'Password');
      if (finish && password?.type === 'Password' && password.expired) assert.ok(finish.patch.password);
    });
  });

  it('completes only for accounts with every required detail', () => {
    always((scene, { settings }) => {
      const finish = effectOf(scene, 'finish');
      if (!finish || scene.event.type !== 'submitted' || !scene.event.account) return;
      const { account } = scene.event;
      const cameBySocial = scene.history.ways.some(({ type }) => type === 'Social');
      if (cameBySocial && settings.socialSignIn.skipRequiredIdentifiers) return;
      const has = (detail: 'username' | 'email' | 'phone') => account[detail] || finish.patch[detail] !== undefined;
      const { identifiers, password } = settings.signUp;
      if (identifiers.includes('username')) assert.ok(has('username'));
      if (identifiers.includes('email') && identifiers.includes('phone')) assert.ok(has('email') || has('phone'));
      else for (const type of ['email', 'phone'] as const) assert.ok(!identifiers.includes(type) || has(type));
      if (password) assert.ok(account.password || finish.patch.password || account.social || cameBySocial);
    });
  });

  // security: skipped-steps
  it('replaces a password only by a code to an address of the same account, without signing the user in', () => {
    always((scene, { settings }) => {
      const reset = effectOf(scene, 'reset-password');
      if (!reset) return;
      const { event, before, after, history } = scene;
      assert.ok(before?.intent === 'ForgotPassword' && before.userId === reset.userId);
      assert.ok(event.type === 'submitted' && event.account?.id === reset.userId && !event.account.isSuspended);
      assert.ok(settings.signInMode !== 'Register' && settings.signIn.methods.some(({ password }) => password));
      const codes = provedAddresses(history).filter((address) => holds(event.account?.addresses ?? [], address));
      const allowed: readonly string[] = settings.forgotPasswordMethods ?? [];
      assert.ok(codes.some((address) => allowed.includes(codeName(address))));
      assert.ok(history.hasChosenPassword);
      assert.equal(after.userId, undefined);
      assert.ok(after.proofs.length === 0 && Object.keys(after.profile).length === 0);
      assert.equal(scene.effects.length, 1);
    });
  });

  // security: skipped-steps
  it('accepts every proof once', () => {
    always(({ event, earlier, before, after }) => {
      // What began an account may complete it once the missing details are there.
      const completes = event.type === 'identified' && before?.intent === 'Register' && before.userId === undefined;
      if ('proofId' in event && event.proofId !== undefined && !completes) {
        assert.ok(
          before?.proofs.some(({ id, used }) => id === event.proofId && !used),
          'a used proof was taken',
        );
        assert.ok(
          ![...earlier.ways, ...earlier.seconds].some(({ id }) => id === event.proofId),
          'a proof was taken twice',
        );
      }
      for (const { id, used } of before?.proofs ?? []) {
        if (used)
          assert.ok(!after.proofs.some((proof) => proof.id === id && !proof.used), 'a used proof became unused');
      }
    });
  });

  // security: skipped-steps
  it('never replaces the identified user', () => {
    always(({ event, before, after, effects }) => {
      if (event.type === 'started') assert.equal(after.userId, undefined);
      else if (before?.userId !== undefined && !effects.some(({ type }) => type === 'reset-password'))
        assert.equal(after.userId, before.userId);
    });
  });

  // security: closed-registration
  it('creates no account when registration or its method is closed, and completes no sign-in when sign-in is closed', () => {
    always((scene, { settings }) => {
      const { event, after, history } = scene;
      if (settings.signInMode === 'Register' && event.type === 'identified') assert.equal(after.userId, undefined);
      const creation = effectOf(scene, 'create-user');
      if (!creation) return;
      assert.notEqual(settings.signInMode, 'SignIn');
      assert.equal(after.intent, 'Register');
      const { username, password, identity, email, phone } = creation.profile;
      const { identifiers, password: asksPassword } = settings.signUp;
      const byName =
        username !== undefined && password !== undefined && identifiers.includes('username') && asksPassword;
      const byCode = [email && 'email', phone && 'phone'].some((type) =>
        (identifiers as string[]).includes(type ?? ''),
      );
      assert.ok(byName || byCode || identity !== undefined, 'created in a way that is closed');
      const skips = settings.socialSignIn.skipRequiredIdentifiers && identity !== undefined;
      if ((settings.profileFields ?? []).length > 0) assert.ok(history.hasAnswered || skips, 'created without answers');
    });
  });

  // security: social-linking
  it('writes an address only if a code proved it, and an identity only if the provider did', () => {
    always((scene) => {
      for (const { patch } of [effectOf(scene, 'finish'), effectOf(scene, 'update-user')].filter(
        (effect) => effect !== undefined,
      ))
        assertProved(scene.history, patch);
      const profile = effectOf(scene, 'create-user')?.profile;
      if (profile) assertProved(scene.history, profile);
      const link = effectOf(scene, 'link-identity');
      const identities = [profile?.identity, link?.identity].filter((identity) => identity !== undefined);
      for (const { userId } of identities)
        assert.ok(scene.history.ways.some((proof) => proof.type === 'Social' && proof.identity.id === userId));
      if (link) assert.equal(scene.before?.userId, link.userId);
    });
  });

  it('links an unknown identity only on request', () => {
    always(({ event, before, after }) => {
      if (
        event.type !== 'identified' ||
        after.intent !== 'SignIn' ||
        before?.profile.identity ||
        !after.profile.identity
      )
        return;
      assert.ok(event.link && before?.userId !== undefined);
    });
  });

  it('stores only factors that the user was asked for and set up', () => {
    always((scene, { settings }) => {
      const added = effectOf(scene, 'add-factors');
      if (!added || scene.event.type !== 'submitted' || !scene.event.account) return;
      const types = added.factors.map(({ type }) => type);
      const own = ownKinds(settings, scene.event.account);
      assert.deepEqual([...types].sort(), [...new Set(scene.history.madeFactors)].sort());
      assert.ok(types.every((type) => settings.mfa.factors.includes(type)));
      const made = types.filter((type) => type !== 'BackupCode').length;
      // Beside a factor that the account has only backup codes are made.
      assert.equal(made, own.some((kind) => kind !== 'BackupCode') ? 0 : 1, 'there was a factor');
      assert.ok(!(own.includes('BackupCode') && types.includes('BackupCode')), 'codes were left');
    });
  });

  it('stores only decisions that the policy leaves to the user', () => {
    always((scene, { settings }) => {
      const kept = effectOf(scene, 'keep-choices');
      if (!kept || scene.event.type !== 'submitted' || !scene.event.account) return;
      const { account } = scene.event;
      assert.deepEqual(kept.choices, scene.history.choices);
      const { enabled, skipped, suggestionSkipped } = kept.choices;
      const isPrompted = settings.mfa.policy !== 'NoPrompt';
      if (skipped) assert.ok(isPrompted && !isMandatory(settings, account));
      if (enabled) {
        assert.ok(isPrompted && !isMandatory(settings, account));
        assert.ok(codeKinds(settings, [...account.addresses, ...provedAddresses(scene.history)]).length > 0);
      }
      if (suggestionSkipped) assert.ok(isMandatory(settings, account));
    });
  });
});

function assertProved(history: History, { email, phone }: { email?: string; phone?: string }): void {
  const proved = provedAddresses(history);
  if (email !== undefined) assert.ok(holds(proved, { type: 'email', value: email }));
  if (phone !== undefined) assert.ok(holds(proved, { type: 'phone', value: phone }));
}
