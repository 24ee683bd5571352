import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  acceptsDevices,
  codeKinds,
  codeName,
  emailCodes,
  type History,
  hasShownTwo,
  holds,
  isMandatory,
  isOwnerOf,
  isPasskey,
  isSecond,
  owesFactor,
  owesSetup,
  ownerOf,
  ownKinds,
  provedAddresses,
  type Scene,
  secondNames,
  ssoOf,
  tell,
} from '../../../../test/support/random-histories.ts';
import { play, sequences, type Visit } from '../../../../test/support/random-sign-ins.ts';
import { isOfCompany, type World, worlds } from '../../../../test/support/random-worlds.ts';
import { email } from '../../../../test/support/sign-in-machine.ts';
import type { Address, Proof, SignInState } from './state.ts';
import type { Account, Effect, SignInEvent } from './vocabulary.ts';

/*
 * Random sequences of events, with accounts, proofs and policies drawn at random too: what must hold however people,
 * custom pages and attackers put the steps together. What is expected is worked out from the settings, the account and
 * the events alone, not with the machine's own parts.
 */

const always = (promise: (scene: Scene, world: World) => void) =>
  fc.assert(
    fc.property(worlds, sequences, (world, drafts) => {
      for (const scene of tell(play(world, drafts))) promise(scene, world);
    }),
    { numRuns: 2200, seed: 20_261_122 },
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
  'device-trusted',
];

describe('the sign-in machine, whatever the order of the steps', () => {
  it('reaches every way of completion, so that the checks below are not empty', () => {
    const counts = {
      all: 0,
      mfa: 0,
      byCode: 0,
      byPasskey: 0,
      passkeys: 0,
      passkeysSkipped: 0,
      registered: 0,
      factors: 0,
      choices: 0,
      resets: 0,
      addresses: 0,
      captchas: 0,
      expired: 0,
      trusted: 0,
      byDevice: 0,
      links: 0,
      automatic: 0,
      reclaimed: 0,
      verified: 0,
      company: 0,
      companyAdopted: 0,
      companyHired: 0,
      companyMfa: 0,
      companyDevice: 0,
      companyMixed: 0,
    };
    const count = (name: keyof typeof counts, is: unknown) => {
      if (is) counts[name] += 1;
    };
    always((scene, { settings }) => {
      count('resets', effectOf(scene, 'reset-password'));
      const finish = effectOf(scene, 'finish');
      if (!finish) return;
      count('all', true);
      count('captchas', settings.captchaPolicy.enabled && scene.hasPassedCaptcha);
      count('links', effectOf(scene, 'link-identity')?.automatic === false);
      count('automatic', effectOf(scene, 'link-identity')?.automatic);
      count('reclaimed', effectOf(scene, 'reclaim-account'));
      count('verified', effectOf(scene, 'verify-email'));
      const sso = ssoOf(scene.history);
      count('company', sso);
      count('companyAdopted', scene.history.adopted);
      count('companyHired', sso && scene.after.intent === 'Register');
      count('companyMfa', sso && finish.amr.includes('mfa'));
      count('companyDevice', sso && finish.device && 'uses' in finish.device);
      count('companyMixed', sso && scene.history.ways.length > 1);
      count('mfa', finish.amr.includes('mfa'));
      count('trusted', finish.device && 'days' in finish.device);
      count('byDevice', finish.device && 'uses' in finish.device);
      count('byCode', finish.amr.includes('email') && scene.after.intent === 'SignIn');
      count('byPasskey', finish.amr.includes('pop') && !scene.history.seconds.some(isPasskey));
      count(
        'passkeys',
        effectOf(scene, 'add-factors')?.factors.some(({ type }) => type === 'WebAuthn'),
      );
      count('passkeysSkipped', effectOf(scene, 'keep-choices')?.choices.passkeySkipped);
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
    always((scene, { members }) => {
      const finish = effectOf(scene, 'finish');
      if (!finish) return;
      const { event, after, history } = scene;
      assert.ok(event.type === 'submitted' && event.account?.id === finish.userId && !event.account.isSuspended);
      assert.notEqual(after.intent, 'ForgotPassword');
      const { account } = event;
      const provesPerson = (proof: Proof) =>
        proof.type === 'Password' || proof.type === 'SignInPasskey'
          ? proof.userId === account.id
          : proof.type === 'Social'
            ? proof.identity.id === account.id
            : proof.type === 'EnterpriseSso'
              ? isPersonOf(proof, account, members)
              : 'identifier' in proof &&
                proof.type.endsWith('Code') &&
                holds(account.addresses, proof.identifier as Address);
      assert.ok(account.id.startsWith('created-') || history.ways.some(provesPerson), 'no user was proved');
    });
  });

  // security: skipped-steps
  it('completes and adds something only while the account still has everything that was proved', () => {
    always((scene) => {
      const { event, after, effects, history } = scene;
      const account = 'account' in event ? event.account : undefined;
      const isAdded = additions.includes(event.type) && account?.id === after.userId;
      if (!account || !(isAdded || effectOf(scene, 'finish'))) return;
      const links = effects.filter((effect) => effect.type === 'link-identity');
      const pending = [...(after.profile.identities ?? []), ...links.map(({ identity }) => identity)];
      const isHeld = (proof: Proof): boolean => {
        if ('factorId' in proof) return account.secondFactors?.factors.some(({ id }) => id === proof.factorId) ?? false;
        if (proof.type === 'Social')
          return (
            account.identities[proof.target] === proof.identity.id ||
            pending.some(({ userId }) => userId === proof.identity.id)
          );
        if (!('identifier' in proof) || proof.identifier.type === 'username') return true;
        const { email, phone } = after.profile;
        return holds(account.addresses, proof.identifier as Address) || [email, phone].includes(proof.identifier.value);
      };
      // An address may be replaced by another one before an account is made of it.
      const counted = [...history.ways, ...history.seconds].filter(({ id }) =>
        after.proofs.some((kept) => kept.id === id),
      );
      for (const proof of counted) assert.ok(isHeld(proof), proof.type);
    });
  });

  // security: captcha
  it('completes and replaces a password only after a captcha, or with a provider or a passkey', () => {
    always((scene, { settings }) => {
      if (!settings.captchaPolicy.enabled || scene.hasPassedCaptcha) return;
      const { event, after, history } = scene;
      assert.equal(effectOf(scene, 'reset-password'), undefined);
      const isFirst = event.type === 'proved' && ['Password', 'NewPasswordIdentity'].includes(event.proof.type);
      const isEntered = history.ways.some(({ type }) => ['Social', 'SignInPasskey', 'EnterpriseSso'].includes(type));
      if (
        isFirst ||
        effectOf(scene, 'finish') ||
        effectOf(scene, 'create-user') ||
        Object.keys(after.profile).length > 0
      )
        assert.ok(isEntered, `${event.type} without a captcha`);
    });
  });

  // security: skipped-steps
  it('completes only after a due second factor was shown in this sign-in by the user', () => {
    always((scene, { settings }) => {
      if (!effectOf(scene, 'finish') || scene.event.type !== 'submitted' || !scene.event.account) return;
      const { account } = scene.event;
      const finish = effectOf(scene, 'finish');
      const isTrusted = finish?.device !== undefined && 'uses' in finish.device;
      if (scene.after.intent === 'SignIn')
        assert.equal(owesFactor(settings, account, scene.history), isTrusted, 'a factor is due');
      assert.equal(owesSetup(settings, account, scene.history, scene.after.intent), undefined);
    });
  });

  // security: trusted-devices
  it('lets a trusted device replace the factor of its user in usual sign-ins that change nothing, where devices are accepted', () => {
    always((scene, { settings }) => {
      const finish = effectOf(scene, 'finish');
      if (!finish?.device || !('uses' in finish.device) || scene.event.type !== 'submitted') return;
      const { account } = scene.event;
      assert.ok(account && acceptsDevices(settings, account) && account.risks.length === 0);
      assert.equal(finish.device.uses, account.trustedDevice);
      assert.ok(!finish.amr.includes('mfa'));
      assert.ok(Object.keys(finish.patch).length === 0 && !scene.history.adopted, 'the account is changed');
      const known: Effect['type'][] = ssoOf(scene.history) ? ['enter-sso', 'finish'] : ['finish'];
      assert.deepEqual(
        scene.effects.map(({ type }) => type),
        known,
      );
    });
  });

  // security: trusted-devices
  it('trusts a device only after its user has shown a second factor and wants it, where devices are accepted', () => {
    always((scene, { settings }) => {
      const { event: asked } = scene;
      if (asked.type === 'device-trusted')
        assert.ok(
          asked.account && acceptsDevices(settings, asked.account) && hasShownTwo(scene.earlier, asked.account),
        );
      const finish = effectOf(scene, 'finish');
      if (!finish?.device || !('days' in finish.device) || scene.event.type !== 'submitted') return;
      const { account } = scene.event;
      assert.ok(account && acceptsDevices(settings, account) && hasShownTwo(scene.history, account));
      assert.ok(scene.history.trustsDevice && finish.device.days === 30);
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
      EnterpriseSso: 'sso',
      SignInPasskey: 'pop',
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
      if (seconds.length > 0 || ways.some(({ type }) => type === 'SignInPasskey')) expected.add('mfa');
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
      if (ssoOf(scene.history)) return;
      const { account } = scene.event;
      const cameBySocial = scene.history.ways.some(({ type }) => type === 'Social');
      if (cameBySocial && settings.socialSignIn.skipRequiredIdentifiers) return;
      const has = (detail: 'username' | 'email' | 'phone') => account[detail] || finish.patch[detail] !== undefined;
      const { identifiers, password } = settings.signUp;
      if (identifiers.includes('username')) assert.ok(has('username'));
      if (identifiers.includes('email') && identifiers.includes('phone')) assert.ok(has('email') || has('phone'));
      else for (const type of ['email', 'phone'] as const) assert.ok(!identifiers.includes(type) || has(type));
      const hasPasskey = settings.passkeySignIn.enabled && account.secondFactors?.factors.some(isPasskey);
      if (password)
        assert.ok(account.password || finish.patch.password || account.social || cameBySocial || hasPasskey);
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
      assert.ok(scene.effects.every(({ type }) => type === 'reset-password' || type === 'reclaim-account'));
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

  // security: skipped-steps
  it('takes a passkey as the way in only where passkeys sign in', () => {
    always(({ event, before, after }, { settings }) => {
      if (event.type !== 'identified' || before?.userId !== undefined || after.userId === undefined) return;
      const proof = before?.proofs.find(({ id }) => id === event.proofId);
      if (proof?.type !== 'SignInPasskey') return;
      assert.ok(settings.passkeySignIn.enabled && after.userId === proof.userId && after.intent === 'SignIn');
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
      const { username, password, identities, email, phone } = creation.profile;
      const { identifiers, password: asksPassword } = settings.signUp;
      const byName =
        username !== undefined && password !== undefined && identifiers.includes('username') && asksPassword;
      const byCode = [email && 'email', phone && 'phone'].some((type) =>
        (identifiers as string[]).includes(type ?? ''),
      );
      const bySso = ssoOf(history) !== undefined;
      assert.ok(byName || byCode || bySso || identities !== undefined, 'created in a way that is closed');
      const skips = bySso || (settings.socialSignIn.skipRequiredIdentifiers && identities !== undefined);
      if ((settings.profileFields ?? []).length > 0) assert.ok(history.hasAnswered || skips, 'created without answers');
    });
  });

  // security: social-linking
  it('writes an address only if a code or its company proved it, and an identity only if the provider did', () => {
    always((scene) => {
      for (const { patch } of [effectOf(scene, 'finish'), effectOf(scene, 'update-user')].filter(
        (effect) => effect !== undefined,
      ))
        assertProved(scene.history, patch);
      const profile = effectOf(scene, 'create-user')?.profile;
      if (profile) assertProved(scene.history, profile);
      const links = scene.effects.filter((effect) => effect.type === 'link-identity');
      const identities = [...(profile?.identities ?? []), ...links.map(({ identity }) => identity)];
      for (const { userId } of identities)
        assert.ok(scene.history.ways.some((proof) => proof.type === 'Social' && proof.identity.id === userId));
      for (const { userId } of links) assert.equal(scene.before?.userId, userId);
      const targets = identities.map(({ target }) => target);
      assert.equal(new Set(targets).size, targets.length);
    });
  });

  // security: social-linking
  it('links an unknown identity on request, to the proved account or on the word of a provider that answers for it', () => {
    always(({ event, before, after, earlier }, { settings, isVerified }) => {
      const count = (state: SignInState | undefined) => state?.profile.identities?.length ?? 0;
      if (event.type !== 'identified' || after.intent !== 'SignIn' || count(after) <= count(before)) return;
      const isByCompany = earlier.given.get(event.proofId ?? '')?.type === 'EnterpriseSso';
      const named = event.account ?? (isByCompany ? event.related?.account : undefined);
      if (named) {
        assert.ok(after.userId === named.id && isOwnerOf(earlier.wanted, named));
        return;
      }
      assert.ok(event.link);
      if (before?.userId !== undefined) return;
      const proof = earlier.given.get(event.proofId ?? '');
      const { email_verified } = (proof?.type === 'Social' ? proof.identity.rawData : {}) as {
        email_verified?: boolean;
      };
      assert.ok(settings.socialSignIn.automaticAccountLinking && isVerified && email_verified);
      const account = event.related?.account;
      assert.ok(account && after.userId === account.id && isOwnerOf(proof, account) && !account.isSuspended);
    });
  });

  // security: similar-addresses, social-linking
  it('takes an account back exactly for a user who proved nothing but its email address, also by its company, and owes no factor', () => {
    always((scene, { settings }) => {
      const { event, history } = scene;
      const isComplete = effectOf(scene, 'finish') ?? effectOf(scene, 'reset-password');
      if (!isComplete || event.type !== 'submitted' || !event.account) return;
      const { account } = event;
      const isKnown = knownBy(history, account).length > 0;
      const isProved = provedAddresses(history).some(
        (address) => address.type === 'email' && holds(account.addresses, address),
      );
      const isNew = scene.before?.intent === 'Register';
      const reclaims = history.adopted || (isProved && !isNew && !isKnown && !owesFactor(settings, account, history));
      assert.equal(effectOf(scene, 'reclaim-account') !== undefined, reclaims);
    });
  });

  // security: similar-addresses
  it('verifies the email address exactly for a user who proved it by a code and has a credential of the account', () => {
    always((scene, { settings }) => {
      const { event, history } = scene;
      const verified = effectOf(scene, 'verify-email');
      const isComplete = effectOf(scene, 'finish') ?? effectOf(scene, 'reset-password');
      if (!isComplete || event.type !== 'submitted' || !event.account) return assert.equal(verified, undefined);
      const { account } = event;
      const isCredential = ({ type }: Proof) => type !== 'MfaPhoneVerificationCode';
      const isProved = emailCodes(history).some((address) => holds(account.addresses, address));
      const isNew = scene.before?.intent === 'Register';
      const verifies =
        isProved &&
        !isNew &&
        !history.adopted &&
        knownBy(history, account).some(isCredential) &&
        !owesFactor(settings, account, history);
      assert.equal(verified !== undefined, verifies);
      if (verified) assert.ok(verified.userId === account.id && holds(account.addresses, email(verified.email)));
    });
  });

  // security: enterprise-domains
  it('reaches an account with a company’s address, and gives such an address, only by the company’s provider', () => {
    always((scene, { settings }) => {
      if (settings.ssoConnectors.length === 0 || ssoOf(scene.history)) return;
      const { event, before, after } = scene;
      const account = 'account' in event ? event.account : undefined;
      const isReached = after.userId !== undefined && account?.id === after.userId;
      assert.ok(!isReached || !account?.addresses.some(isOfCompany), `${event.type} without the company`);
      const related = event.type === 'identified' && before?.userId === undefined ? event.related?.account : undefined;
      assert.ok(related?.id !== after.userId || !related?.addresses.some(isOfCompany), 'linked without the company');
      const patches = [effectOf(scene, 'finish')?.patch, effectOf(scene, 'create-user')?.profile];
      for (const email of patches.flatMap((patch) => patch?.email ?? []))
        assert.ok(!isOfCompany({ type: 'email', value: email }), 'given without the company');
      assert.equal(effectOf(scene, 'enter-sso'), undefined);
    });
  });

  // security: enterprise-linking
  it('leaves a company’s identity with the person whom the provider named, once, when the sign-in is complete', () => {
    always((scene, { members }) => {
      const entered = scene.effects.filter((effect) => effect.type === 'enter-sso');
      const sso = ssoOf(scene.history);
      const isComplete = effectOf(scene, 'finish') !== undefined || scene.event.type === 'created';
      assert.equal(entered.length, isComplete && sso ? 1 : 0);
      const [effect] = entered;
      if (!effect || !sso || (scene.event.type !== 'submitted' && scene.event.type !== 'created')) return;
      const { account } = scene.event;
      assert.ok(account && effect.userId === account.id && effect.proof.person.id === sso.person.id);
      assert.ok(account.id.startsWith('created-') || isPersonOf(sso, account, members), 'of another person');
      assert.equal(effect.adopted === true, scene.history.adopted);
    });
  });

  // security: enterprise-domains
  it('offers the choice among a company’s providers for its addresses alone', () => {
    always(({ event, before }, { settings }) => {
      if (event.type !== 'sso-address-named') return;
      assert.ok(settings.ssoConnectors.length > 0 && isOfCompany({ type: 'email', value: event.email }));
      assert.equal(before?.userId, undefined);
    });
  });

  it('stores only factors that the user was asked for and set up', () => {
    always((scene, { settings }) => {
      const added = effectOf(scene, 'add-factors');
      if (!added || scene.event.type !== 'submitted' || !scene.event.account) return;
      const all = added.factors.map(({ type }) => type);
      const own = ownKinds(settings, scene.event.account);
      assert.deepEqual([...all].sort(), [...new Set(scene.history.madeFactors)].sort());
      // A passkey may be no second factor here, and be there to sign in with.
      const types = all.filter((type) => settings.mfa.factors.includes(type));
      const toSignIn = all.filter((type) => !types.includes(type));
      assert.ok(toSignIn.length === 0 || (settings.passkeySignIn.enabled && String(toSignIn) === 'WebAuthn'));
      assert.ok(toSignIn.length === 0 || !scene.event.account.secondFactors?.factors.some(isPasskey));
      if (types.length === 0) return;
      // One that is a second factor too is made beside another where it is offered to sign in with.
      const isExtra = (type: string) => settings.passkeySignIn.enabled && isPasskey({ type });
      const made = types.filter((type) => type !== 'BackupCode' && !isExtra(type)).length;
      if (made === 0 && types.some(isExtra)) return;
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
      const { enabled, skipped, suggestionSkipped, passkeySkipped } = kept.choices;
      if (passkeySkipped) assert.ok(settings.passkeySignIn.enabled && !account.secondFactors?.factors.some(isPasskey));
      const isPrompted = settings.mfa.policy !== 'NoPrompt';
      if (skipped) assert.ok(isPrompted && !isMandatory(settings, account));
      if (enabled) {
        assert.ok(isPrompted && !isMandatory(settings, account));
        // Without codes that count, a user who wants a factor sets one up.
        const codes = codeKinds(settings, [...account.addresses, ...provedAddresses(scene.history)]);
        assert.ok(codes.length > 0 || scene.history.madeFactors.length > 0 || skipped);
      }
      if (suggestionSkipped) assert.ok(isMandatory(settings, account));
    });
  });
});

/** What was proved of the account besides its addresses as a first factor and its email address as a second one. */
const knownBy = ({ ways, seconds, adopted }: History, { id, identities }: Account): Proof[] =>
  [...ways, ...seconds].filter(
    (proof) =>
      (ownerOf(proof) === id && proof.type !== 'MfaEmailVerificationCode') ||
      (proof.type === 'Social' && Object.hasOwn(identities, proof.target)) ||
      (proof.type === 'EnterpriseSso' && !adopted),
  );

/** Whether the account has the provider's identity, or an address that the provider stands for. */
const isPersonOf = (
  { person: { id, email = '', isVouched } }: Extract<Proof, { type: 'EnterpriseSso' }>,
  account: Pick<Account, 'id' | 'addresses'>,
  members: readonly string[],
): boolean =>
  (members.includes(id) && account.id === id) ||
  (isVouched === true && holds(account.addresses, { type: 'email', value: email }));

function assertProved(history: History, { email, phone }: { email?: string; phone?: string }): void {
  const { email: vouched = '', isVouched } = ssoOf(history)?.person ?? {};
  const proved = [...provedAddresses(history), ...(isVouched ? [{ type: 'email' as const, value: vouched }] : [])];
  if (email !== undefined) assert.ok(holds(proved, { type: 'email', value: email }));
  if (phone !== undefined) assert.ok(holds(proved, { type: 'phone', value: phone }));
}
