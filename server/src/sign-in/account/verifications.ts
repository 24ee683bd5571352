/** What the Account API verifies, by the factors of sign-in: each makes a verification record. */
import type { AccountProof } from '@aldaba/contract';
import type { User } from '../../features/people/users/index.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { normalizeIdentifier, requireEmail, requirePhone } from '../../kernel/identifiers.ts';
import { currentOrigin } from '../../kernel/origin.ts';
import type { Tenant } from '../../tenancy/index.ts';
import type { SocialChallenge } from '../factors/social/index.ts';
import type { CodeChallenge } from '../factors/verification-code/index.ts';
import { resendAfter } from '../factors/verification-code/times.ts';
import { isSameAddress } from '../machine/factor.ts';
import type { Address, ChallengeOf, Proof } from '../machine/state.ts';
import type { AccountContext } from './context.ts';
import type { Owner } from './records.ts';

interface Made {
  verificationRecordId: string;
  expiresAt: number;
}

export interface Verifications {
  /** @throws AldabaError `session.invalid_credentials`, `session.verification_blocked_too_many_attempts` */
  password: (tenant: Tenant, owner: Owner, password: string, id?: string) => Promise<Made>;
  /**
   * Sends a code.
   * @param given.id of a record that the new one replaces
   * @throws AldabaError `verification_record.identifier_mismatch`, `session.email_blocklist.*`, `connector.*`
   */
  sendCode: (
    tenant: Tenant,
    owner: Owner,
    given: { identifier: Address; isNew: boolean; locale: string; id?: string },
  ) => Promise<Made>;
  /**
   * Seconds until another code can be sent without waiting; undefined if the record waits for no code to the address.
   */
  resendAfter: (
    tenant: Tenant,
    owner: Owner,
    given: { id: string; identifier: Address },
  ) => Promise<number | undefined>;
  /** @throws AldabaError `verification_record.not_found`, `verification_code.*` */
  verifyCode: (tenant: Tenant, owner: Owner, given: { id: string; identifier: Address; code: string }) => Promise<void>;
  startSocial: (
    tenant: Tenant,
    owner: Owner,
    given: { connectorId: string; state: string; redirectUri: string; id?: string },
  ) => Promise<Made & { authorizationUri: string }>;
  /** One answer counts, also when it is refused. @param given.connectorId at which the user has to have started */
  verifySocial: (
    tenant: Tenant,
    owner: Owner,
    given: { id: string; data: Record<string, unknown>; connectorId?: string },
  ) => Promise<void>;
  /** What the user can prove the ownership with, the usual one first; a new sign-in where there is nothing else. */
  proofs: (tenant: Tenant, owner: Owner) => Promise<AccountProof[]>;
  /** A code of the user's authenticator app. @throws AldabaError `session.mfa.invalid_totp_code` and as `password` */
  authenticator: (tenant: Tenant, owner: Owner, code: string) => Promise<Made>;
  /** Asks for one of the user's passkeys. @throws AldabaError `session.mfa.mfa_factor_not_enabled` without one */
  askPasskey: (tenant: Tenant, owner: Owner) => Promise<Made & { options: Record<string, unknown> }>;
  /** One answer counts. @throws AldabaError `session.mfa.webauthn_verification_failed` */
  provePasskey: (tenant: Tenant, owner: Owner, given: { id: string; payload: unknown }) => Promise<void>;
  /**
   * For a user with nothing else to prove: a sign-in of a moment ago.
   * @throws AldabaError `verification_record.permission_denied`
   */
  signIn: (tenant: Tenant, owner: Owner, authenticatedAt: Date) => Promise<Made>;
  startPasskey: (tenant: Tenant, owner: Owner) => Promise<Made & { registrationOptions: Record<string, unknown> }>;
  /** The same. @throws AldabaError `session.mfa.webauthn_verification_failed` */
  verifyPasskey: (tenant: Tenant, owner: Owner, given: { id: string; payload: unknown }) => Promise<void>;
}

/** What is kept of a verified address, social account or passkey. */
export type ProvedAddress = { identifier: Address };
export type ProvedSocial = Extract<Proof, { type: 'Social' }>;
export type ProvedPasskey = Extract<Proof, { type: 'NewPasskey' }>;

type PasskeyChallenge = ChallengeOf<'WebAuthn'>;
/** What a code may be for. */
const codePurposes = ['permission', 'address'] as const;
const permission = { purpose: 'permission', isVerified: true, data: {} } as const;
/** Milliseconds after a sign-in in which it proves that the user is the owner. */
const recentSignIn = 300_000;

export function createVerifications({
  clock,
  connectors,
  factors,
  mfaVerifications,
  settings,
  records,
  users,
  assertNotBlocked,
  audit,
}: AccountContext): Verifications {
  /** Writes what was verified, or refused, to the audit log. */
  const logged = <T>(tenant: Tenant, owner: Owner, type: string, work: () => Promise<T>): Promise<T> =>
    audit.attempt(tenant, owner, { key: 'Account.Verify', params: { type } }, work);
  const subjectOf = async (tenant: Tenant, owner: Owner) => ({
    tenant,
    applicationId: owner.applicationId,
    settings: await settings(tenant),
    user: await users.get(tenant.db, owner.userId),
    userAgent: currentOrigin()?.userAgent,
  });
  const occasionOf = (tenant: Tenant) => ({ tenant, handle: '', uidHash: '' });
  return {
    password: (tenant, owner, password, id) =>
      logged(tenant, owner, 'Password', async () => {
        const user = await users.get(tenant.db, owner.userId);
        await factors.password.proveOwner(tenant, await settings(tenant), { user, password });
        return records.create(tenant.db, owner, { ...permission, id });
      }),
    sendCode: (tenant, owner, { identifier: given, isNew, locale, id }) =>
      logged(tenant, owner, 'VerificationCode', async () => {
        const identifier = normal(given);
        const own = await settings(tenant);
        const user = await users.get(tenant.db, owner.userId);
        if (isNew) await assertNotBlocked(own, identifier);
        else if (!addressesOf(user).some((address) => isSameAddress(address, identifier)))
          throw new AldabaError('verification_record.identifier_mismatch');
        const template = isNew ? 'BindNewIdentifier' : 'UserPermissionValidation';
        const occasion = { tenant, applicationId: owner.applicationId };
        const request = { identifier, template, delivery: 'awaited', locale, user } as const;
        const challenge = await factors.verificationCode.begin(occasion, request);
        const purpose = isNew ? 'address' : 'permission';
        return records.create(tenant.db, owner, { id, purpose, isVerified: false, data: challenge });
      }),
    resendAfter: async (tenant, owner, { id, identifier }) => {
      const found = await records.findWaiting<CodeChallenge | PasskeyChallenge>(tenant.db, owner, id, codePurposes);
      const isSent =
        found && found.type !== 'WebAuthn' && isSameAddress(found.identifier, normalizeIdentifier(identifier));
      return resendAfter(isSent ? found : undefined, clock.now());
    },
    verifyCode: (tenant, owner, { id, identifier, code }) =>
      logged(tenant, owner, 'VerificationCode', async () => {
        const challenge = await records.waiting<CodeChallenge | PasskeyChallenge>(tenant.db, owner, id, codePurposes);
        if (challenge.type === 'WebAuthn') throw new AldabaError('verification_record.not_found');
        if (!isSameAddress(challenge.identifier, normal(identifier)))
          throw new AldabaError(
            identifier.type === 'email' ? 'verification_code.email_mismatch' : 'verification_code.phone_mismatch',
          );
        await factors.verificationCode.verify({ tenant }, await settings(tenant), challenge, code);
        await records.complete(tenant.db, owner, id, { identifier: challenge.identifier });
      }),
    startSocial: async (tenant, owner, { id, ...request }) => {
      const { challenge, authorizationUri } = await factors.social.begin(occasionOf(tenant), request);
      const waiting = { id, purpose: 'social', isVerified: false, data: challenge } as const;
      const made = await records.create(tenant.db, owner, waiting);
      return { ...made, authorizationUri };
    },
    verifySocial: (tenant, owner, { id, data, connectorId }) =>
      logged(tenant, owner, 'Social', async () => {
        const challenge = await records.takeWaiting<SocialChallenge>(tenant.db, owner, id, ['social']);
        if (connectorId !== undefined && connectorId !== challenge.connectorId)
          throw new AldabaError('session.invalid_connector_id', { connectorId });
        const proof = await factors.social.verify(occasionOf(tenant), challenge, data);
        await records.create(tenant.db, owner, { id, purpose: 'social', isVerified: true, data: proof });
      }),
    proofs: async (tenant, owner) => {
      const [user, own, found, configured] = await Promise.all([
        users.get(tenant.db, owner.userId),
        settings(tenant),
        mfaVerifications.list(tenant.db, owner.userId),
        connectors.available(tenant),
      ]);
      const has = (type: string) => found.some((factor) => factor.type === type);
      const sends = (type: string) => configured.some((each) => each.type === type && each.isUsable);
      const available: [AccountProof, boolean][] = [
        ['password', user.hasPassword],
        ['passkey', has('WebAuthn') && !own.unavailableFactors.includes('WebAuthn')],
        ['authenticator', has('Totp')],
        ['email', user.primaryEmail !== null && sends('Email')],
        ['phone', user.primaryPhone !== null && sends('Sms')],
      ];
      const proofs = available.flatMap(([proof, isAvailable]) => (isAvailable ? [proof] : []));
      return proofs.length > 0 ? proofs : ['signIn'];
    },
    authenticator: (tenant, owner, code) =>
      logged(tenant, owner, 'Totp', async () => {
        await factors.second.Totp.show.verify(await subjectOf(tenant, owner), { code });
        return records.create(tenant.db, owner, permission);
      }),
    askPasskey: async (tenant, owner) => {
      const { challenge, shown } = await factors.second.WebAuthn.show.begin(await subjectOf(tenant, owner));
      const waiting = { purpose: 'permission', isVerified: false, data: challenge } as const;
      return { ...(await records.create(tenant.db, owner, waiting)), options: { ...shown.authenticationOptions } };
    },
    provePasskey: (tenant, owner, { id, payload }) =>
      logged(tenant, owner, 'WebAuthn', async () => {
        const challenge = await records.takeWaiting<CodeChallenge | PasskeyChallenge>(tenant.db, owner, id, [
          'permission',
        ]);
        if (challenge.type !== 'WebAuthn') throw new AldabaError('verification_record.not_found');
        await factors.second.WebAuthn.show.verify(await subjectOf(tenant, owner), { payload }, challenge);
        await records.create(tenant.db, owner, { ...permission, id });
      }),
    signIn: (tenant, owner, authenticatedAt) =>
      logged(tenant, owner, 'SignIn', async () => {
        if (clock.now() - authenticatedAt.getTime() > recentSignIn)
          throw new AldabaError('verification_record.permission_denied');
        return records.create(tenant.db, owner, permission);
      }),
    startPasskey: async (tenant, owner) => {
      const { challenge, shown } = await factors.second.WebAuthn.bind.begin(await subjectOf(tenant, owner));
      const made = await records.create(tenant.db, owner, { purpose: 'passkey', isVerified: false, data: challenge });
      return { ...made, registrationOptions: { ...shown.registrationOptions } };
    },
    verifyPasskey: (tenant, owner, { id, payload }) =>
      logged(tenant, owner, 'WebAuthn', async () => {
        const challenge = await records.takeWaiting<ChallengeOf<'NewPasskey'>>(tenant.db, owner, id, ['passkey']);
        const proof = await factors.second.WebAuthn.bind.verify(await subjectOf(tenant, owner), { payload }, challenge);
        await records.create(tenant.db, owner, { id, purpose: 'passkey', isVerified: true, data: proof });
      }),
  };
}

/** @throws AldabaError `user.invalid_email`, `user.invalid_phone` */
export const normal = ({ type, value }: Address): Address => ({
  type,
  value: type === 'email' ? requireEmail(value) : requirePhone(value),
});

const addressesOf = ({ primaryEmail, primaryPhone }: User): Address[] => [
  ...(primaryEmail === null ? [] : [normalizeIdentifier({ type: 'email' as const, value: primaryEmail })]),
  ...(primaryPhone === null ? [] : [normalizeIdentifier({ type: 'phone' as const, value: primaryPhone })]),
];
