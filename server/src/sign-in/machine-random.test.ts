import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { step } from './machine.ts';
import { missingDetails, resolvePolicy } from './policy.ts';
import type { Proof, SignInState } from './state.ts';
import type { Account, Effect, SignInEvent } from './vocabulary.ts';

/*
 * Random sequences of events, with accounts, proofs and policies drawn at random too: what must hold however people, custom
 * pages and attackers put the steps together.
 */

const now = 1_800_000_000_000;
const people: readonly Account[] = ['ada', 'bob', 'cyd'].map((id, at) => ({
  id,
  isSuspended: id === 'cyd',
  username: at !== 1,
  email: at === 1,
  phone: false,
  password: at !== 1,
  social: at > 0,
  targets: at > 0 ? ['wechat'] : [],
  addresses: [],
  risks: [],
}));

const policyArbitrary = fc
  .record({
    signInMode: fc.constantFrom('SignIn' as const, 'Register' as const, 'SignInAndRegister' as const),
    identifiers: fc.oneof(
      { weight: 3, arbitrary: fc.subarray(['username'] as const) },
      { weight: 1, arbitrary: fc.subarray(['username', 'email', 'phone'] as const) },
    ),
    password: fc.boolean(),
    withPassword: fc.boolean(),
    skip: fc.boolean(),
    asks: fc.boolean(),
  })
  .map(({ signInMode, identifiers, password, withPassword, skip, asks }) =>
    resolvePolicy({
      signInMode,
      signIn: { methods: [{ identifier: 'username', password: withPassword }] },
      signUp: { identifiers, password },
      socialSignIn: { skipRequiredIdentifiers: skip },
      profileFields: asks ? ['a field'] : [],
    }),
  );

const intent = fc.constantFrom('SignIn' as const, 'Register' as const, 'ForgotPassword' as const);
/** Mostly the account that the service would look up; now and then any other, or none, as a faulty caller might pass. */
const accountArbitrary = fc.oneof(
  { weight: 4, arbitrary: fc.constant('looked up' as const) },
  { weight: 1, arbitrary: fc.constant('suspended meanwhile' as const) },
  { weight: 3, arbitrary: fc.option(fc.constantFrom(...people), { nil: undefined }) },
);
type Given = Account | 'looked up' | 'suspended meanwhile' | undefined;

/** Ids are made fresh where the server makes them, so they are counted, not drawn. */
type Draft =
  | { kind: 'start' | 'change'; intent: SignInState['intent'] }
  | { kind: 'prove'; proof: FirstProof; who: Account }
  | { kind: 'identify' | 'add-social'; which: number; account: Given; link: boolean }
  | { kind: 'username' | 'password' | 'answers' | 'submit'; account: Given };

const draftArbitrary: fc.Arbitrary<Draft> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('start' as const, 'change' as const), intent }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('prove' as const),
      proof: fc.constantFrom('Password' as const, 'NewPasswordIdentity' as const, 'Social' as const),
      who: fc.constantFrom(...people),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('identify' as const, 'add-social' as const),
      which: fc.nat(1),
      account: accountArbitrary,
      link: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('username' as const, 'password' as const, 'answers' as const, 'submit' as const),
      account: accountArbitrary,
    }),
  },
);

type FirstProof = 'Password' | 'NewPasswordIdentity' | 'Social';
const makeProof = (type: FirstProof, who: Account, id: string): Proof => {
  const base = { id, createdAt: now, used: false };
  if (type === 'Password') return { ...base, type, userId: who.id, identifier: { type: 'username', value: who.id } };
  if (type === 'Social')
    return {
      ...base,
      type,
      connectorId: 'c',
      target: 'wechat',
      syncProfile: true,
      identity: { id: who.id, name: who.id },
    };
  return { ...base, type, identifier: { type: 'username', value: `new-${id}` }, password: 'sealed' };
};

type Accounts = ReadonlyMap<string, Account>;

/** The account that the service would find for a proof. */
const ownerOf = (proof: Proof | undefined, accounts: Accounts): Account | undefined => {
  if (proof?.type === 'Password') return accounts.get(proof.userId);
  if (proof?.type !== 'Social') return undefined;
  const owner = accounts.get(proof.identity.id);
  return owner?.targets.includes('wechat') ? owner : undefined;
};

function toEvent(draft: Draft, state: SignInState | undefined, id: string, accounts: Accounts): SignInEvent {
  const given = (account: Given, found: Account | undefined) => {
    if (account === 'suspended meanwhile') return found ? { account: { ...found, isSuspended: true } } : {};
    const chosen = account === 'looked up' ? found : account;
    return chosen ? { account: chosen } : {};
  };
  const identified = state?.userId === undefined ? undefined : accounts.get(state.userId);
  switch (draft.kind) {
    case 'start':
      return { type: 'started', intent: draft.intent };
    case 'change':
      return { type: 'intent-changed', intent: draft.intent };
    case 'prove':
      return { type: 'proved', proof: makeProof(draft.proof, draft.who, id) };
    case 'identify': {
      const proof = state?.proofs.at(-1 - draft.which);
      // Whom a social identity belongs to is read from the database; nobody can pass another account there.
      const account = proof?.type === 'Social' ? 'looked up' : draft.account;
      return {
        type: 'identified',
        ...(proof ? { proofId: proof.id } : {}),
        ...given(account, ownerOf(proof, accounts)),
        link: draft.link,
      };
    }
    case 'add-social': {
      const proofId = state?.proofs.at(-1 - draft.which)?.id ?? 'none';
      return { type: 'social-added', proofId, inUse: draft.link, ...given(draft.account, identified) };
    }
    case 'username':
      return { type: 'username-chosen', value: 'chosen', taken: false, ...given(draft.account, identified) };
    case 'password':
      return { type: 'password-chosen', password: 'sealed', ...given(draft.account, identified) };
    case 'answers':
      return { type: 'profile-added', profile: { customData: { size: 40 } }, ...given(draft.account, identified) };
    case 'submit':
      return { type: 'submitted', ...given(draft.account, identified) };
  }
}

interface Visit {
  event: SignInEvent;
  before: SignInState | undefined;
  after: SignInState;
  effects: Effect[];
}

/** Plays a sequence; a creation that the machine asks for is answered at once, as the service does. */
function play(policy: ReturnType<typeof resolvePolicy>, drafts: readonly Draft[]): Visit[] {
  const visits: Visit[] = [];
  const accounts = new Map(people.map((person) => [person.id, person]));
  let state: SignInState | undefined;
  const take = (event: SignInEvent) => {
    const result = step(state, event, { policy, now });
    if ('refused' in result) return;
    visits.push({ event, before: state, after: result.state, effects: result.effects });
    state = result.state;
    const creation = result.effects.find((effect) => effect.type === 'create-user');
    if (creation?.type !== 'create-user') return;
    const { username, identity, password } = creation.profile;
    const created: Account = {
      id: `created-${visits.length}`,
      isSuspended: false,
      username: username !== undefined,
      email: false,
      phone: false,
      password: password !== undefined,
      social: identity !== undefined,
      targets: identity ? [identity.target] : [],
      addresses: [],
      risks: [],
    };
    accounts.set(created.id, created);
    take({ type: 'created', account: created });
  };
  drafts.forEach((draft, at) => {
    take(toEvent(draft, state, `p${at}`, accounts));
  });
  return visits;
}

const provesOf = (proof: FirstProof, who: Account): Draft => ({ kind: 'prove', proof, who });
/** Steps in the order that makes sense, so that the random ones around them meet sign-ins that are under way. */
const sensible = fc
  .record({
    proof: fc.constantFrom('Password' as const, 'NewPasswordIdentity' as const, 'Social' as const),
    who: fc.constantFrom(...people),
  })
  .map(({ proof, who }): Draft[] => [
    provesOf(proof, who),
    { kind: 'identify', which: 0, account: 'looked up', link: false },
    { kind: 'username', account: 'looked up' },
    { kind: 'submit', account: 'looked up' },
  ]);
const chunk = fc.oneof(
  { weight: 2, arbitrary: sensible },
  { weight: 5, arbitrary: draftArbitrary.map((draft) => [draft]) },
);
const sequences = fc
  .tuple(policyArbitrary, intent, fc.array(chunk, { minLength: 3, maxLength: 12, size: 'max' }))
  .map(([policy, first, rest]): [typeof policy, Draft[]] => [
    policy,
    [{ kind: 'start', intent: first }, ...rest.flat()],
  ]);
const always = (promise: (visits: Visit[], policy: ReturnType<typeof resolvePolicy>) => void) =>
  fc.assert(
    fc.property(sequences, ([policy, drafts]) => promise(play(policy, drafts), policy)),
    { numRuns: 1000, seed: 20_261_122 },
  );

describe('the sign-in machine, whatever the order of the steps', () => {
  it('completes now and then, or the promises below would be empty', () => {
    let completions = 0;
    always((visits) => {
      completions += visits.filter(({ effects }) => effects.some(({ type }) => type === 'finish')).length;
    });
    assert.ok(completions > 100, `${completions} completions`);
  });

  it('completes only for somebody who was proved, is not suspended and lacks nothing', () => {
    always((visits, policy) => {
      const provedBy = new Map<string, string>();
      for (const { event, before, after, effects } of visits) {
        if (event.type === 'started') provedBy.clear();
        if (event.type === 'identified' && before?.userId === undefined && after.userId !== undefined) {
          const proof = before?.proofs.find(({ id }) => id === event.proofId);
          const subject =
            proof?.type === 'Password' ? proof.userId : proof?.type === 'Social' ? proof.identity.id : undefined;
          assert.equal(subject, after.userId, 'identified by a proof of that very account');
          provedBy.set(after.userId, proof?.id ?? '');
        }
        if (event.type === 'created' && policy.required.includes('extraProfile')) {
          const skips = policy.skipRequiredForSocial && before?.profile.identity !== undefined;
          assert.ok(before?.answered || skips, 'an account was created before its questions were answered');
        }
        if (event.type === 'created') provedBy.set(event.account.id, 'created');
        for (const effect of effects) {
          if (effect.type !== 'finish') continue;
          assert.ok(provedBy.has(effect.userId), 'finished without a proof');
          assert.ok(event.type === 'submitted' && event.account?.id === effect.userId && !event.account.isSuspended);
          const came =
            after.proofs.some(({ used, type }) => used && type === 'Social') || after.profile.identity !== undefined;
          const { account } = event;
          const has = {
            username: account.username || after.profile.username !== undefined,
            email: account.email,
            phone: account.phone,
            password: account.password || after.profile.password !== undefined,
            social: account.social || came,
            // Whoever has an account is asked nothing any more; a new one is told apart below.
            extraProfile: true,
          };
          assert.deepEqual(missingDetails(policy, has, came), []);
        }
      }
    });
  });

  it('takes every proof once', () => {
    always((visits) => {
      const used = new Set<string>();
      for (const { event, before, after } of visits) {
        if (event.type === 'identified' || event.type === 'social-added') {
          assert.ok(
            !before?.proofs.some((proof) => proof.id === event.proofId && proof.used),
            'a used proof was taken',
          );
        }
        for (const { id, used: now } of after.proofs) {
          const was = before?.proofs.find((proof) => proof.id === id)?.used ?? false;
          if (!now) assert.ok(!was && !used.has(id), 'a used proof became unused');
          if (!now || was) continue;
          assert.ok(!used.has(id), 'a proof was used twice');
          used.add(id);
          assert.ok(event.type === 'identified' || event.type === 'social-added');
        }
      }
    });
  });

  it('never exchanges the person', () => {
    always((visits) => {
      for (const { event, before, after } of visits) {
        if (event.type === 'started') assert.equal(after.userId, undefined);
        else if (before?.userId !== undefined) assert.equal(after.userId, before.userId);
      }
    });
  });

  it('creates nobody where registration is closed, and lets nobody in where sign-in is', () => {
    always((visits, policy) => {
      for (const { effects, event, after } of visits) {
        if (!policy.register) assert.ok(!effects.some(({ type }) => type === 'create-user'));
        if (!policy.signIn && event.type === 'identified') assert.equal(after.userId, undefined);
      }
    });
  });

  it('links an identity only to an account that was proved, after the identity itself was', () => {
    always((visits) => {
      const proved = new Set<string>();
      for (const { event, before, after, effects } of visits) {
        if (
          event.type === 'identified' &&
          after.intent === 'SignIn' &&
          after.profile.identity &&
          !before?.profile.identity
        ) {
          assert.ok(event.link && before?.userId !== undefined, 'linked without being asked to');
        }
        for (const proof of after.proofs) if (proof.type === 'Social' && proof.used) proved.add(proof.identity.id);
        for (const effect of effects) {
          if (effect.type !== 'link-identity') continue;
          assert.equal(before?.userId, effect.userId);
          assert.ok(proved.has(effect.identity.userId));
        }
      }
    });
  });
});
