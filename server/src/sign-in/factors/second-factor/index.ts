/**
 * The second factors: what a person shows beside the first factor, and what they make to have one. Whatever is shown is an attempt
 * (`attempts.ts`); a person has one pool of them, apart from those of their identifiers. What is made waits in the state of the
 * sign-in, its secrets sealed, and is the account's when the sign-in is complete.
 */
import type { SignInExperienceSettings } from '@aldaba/contract';
import type {
  AuthenticationOptions,
  AuthenticationPayload,
  RegistrationOptions,
  RegistrationPayload,
} from '../../../features/people/mfa-verifications/index.ts';
import type { User } from '../../../features/people/users/index.ts';
import { ipVersion } from '../../../kernel/addresses.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { type Attempts, secondAttemptName } from '../../attempts.ts';
import type { Address, ChallengeOf, Proof } from '../../machine/state.ts';
import type { SignInNeeds } from '../../needs.ts';
import type { Interaction } from '../../port.ts';
import type { CodeChallenge, VerificationCodeFactor } from '../verification-code/index.ts';

type Needs = Pick<SignInNeeds, 'secondFactors' | 'clock'> & {
  attempts: Attempts;
  verificationCode: Pick<VerificationCodeFactor, 'begin'>;
};

type ProofOf<Type extends Proof['type']> = Proof & { type: Type };
export type MfaCodeChallenge = Extract<CodeChallenge, { userId: string }>;
type Person = Pick<User, 'id' | 'username' | 'primaryEmail' | 'primaryPhone' | 'name'>;

/** Whom a passkey is made for and shown to (Web Authentication section 4, RP ID), and the page where that has to happen. */
export interface RelyingParty {
  rpId: string;
  origin: string;
}

/**
 * Whether browsers can make and use passkeys at the tenant's address: a relying party ID is a domain, never an IP address, and
 * the page needs a secure context (Web Authentication Level 3 sections 4 and 13.4.9).
 */
export function supportsPasskeys({ baseUrl }: Pick<Tenant, 'baseUrl'>): boolean {
  const { hostname, protocol } = new URL(baseUrl);
  if (ipVersion(hostname.replace(/^\[|\]$/g, '')) !== 0) return false;
  return protocol === 'https:' || hostname === 'localhost' || hostname.endsWith('.localhost');
}

/**
 * By the configured address of the tenant: nothing that a request says of itself counts.
 * @throws AldabaError `session.mfa.webauthn_address_not_supported` where no browser could use a passkey
 */
export function relyingPartyOf(tenant: Pick<Tenant, 'baseUrl'>): RelyingParty {
  if (!supportsPasskeys(tenant)) throw new AldabaError('session.mfa.webauthn_address_not_supported');
  const { hostname, origin } = new URL(tenant.baseUrl);
  return { rpId: hostname, origin };
}

export interface SecondFactorFactor extends Shown, Made {}

/** What the account has. Each check counts as an attempt: `session.verification_blocked_too_many_attempts`. */
interface Shown {
  /** Uses a code of the person's app up. @throws AldabaError `session.mfa.invalid_totp_code` */
  showTotp(
    interaction: Interaction,
    settings: SignInExperienceSettings,
    given: { userId: string; code: string },
  ): Promise<ProofOf<'Totp'>>;
  /** Uses a backup code up. @throws AldabaError `session.mfa.invalid_backup_code` */
  showBackupCode(
    interaction: Interaction,
    settings: SignInExperienceSettings,
    given: { userId: string; code: string },
  ): Promise<ProofOf<'BackupCode'>>;
  /**
   * What `navigator.credentials.get` is given.
   * @throws AldabaError `session.mfa.mfa_factor_not_enabled` for somebody who has no passkey for this host
   */
  askPasskey(
    interaction: Interaction,
    given: { userId: string; rpId: string },
  ): Promise<{ challenge: ChallengeOf<'WebAuthn'>; options: AuthenticationOptions }>;
  /** The caller takes the challenge away, whatever comes of it. @throws AldabaError `session.mfa.webauthn_verification_failed` */
  showPasskey(
    interaction: Interaction,
    settings: SignInExperienceSettings,
    challenge: ChallengeOf<'WebAuthn'>,
    given: RelyingParty & { payload: AuthenticationPayload },
  ): Promise<ProofOf<'WebAuthn'>>;
  /**
   * Sends a code to the account's own address; `verify` of the verification code factor checks it.
   * @throws AldabaError `session.mfa.mfa_factor_not_enabled` without such an address, and as that factor's `begin`
   */
  sendCode(
    interaction: Interaction,
    given: { user: User; channel: Address['type']; locale?: string | undefined },
  ): Promise<MfaCodeChallenge>;
}

/** What an authenticator app scans, or the person types into it. */
export interface TotpSecret {
  /** base32. */
  secret: string;
  /** A PNG as a data URL. */
  secretQrCode: string;
}

/** What the account is to have. None of it can be guessed, so nothing is an attempt. */
interface Made {
  makeTotp(interaction: Interaction, user: Person): TotpSecret & { challenge: ChallengeOf<'NewTotp'> };
  /** The same secret once more. */
  showNewTotp(interaction: Interaction, challenge: ChallengeOf<'NewTotp'>, user: Person): TotpSecret;
  /** @throws AldabaError `session.mfa.invalid_totp_code` */
  proveTotp(interaction: Interaction, challenge: ChallengeOf<'NewTotp'>, code: string): ProofOf<'NewTotp'>;
  /** What `navigator.credentials.create` is given. */
  makePasskey(
    interaction: Interaction,
    user: Person,
    given: { rpId: string },
  ): Promise<{ challenge: ChallengeOf<'NewPasskey'>; options: RegistrationOptions }>;
  /**
   * The caller takes the challenge away, whatever comes of it.
   * @param made `agent`: the browser, as it calls itself
   * @throws AldabaError `session.mfa.webauthn_verification_failed`
   */
  provePasskey(
    interaction: Interaction,
    challenge: ChallengeOf<'NewPasskey'>,
    payload: RegistrationPayload,
    made: RelyingParty & { agent?: string | undefined },
  ): Promise<ProofOf<'NewPasskey'>>;
  makeBackupCodes(interaction: Interaction): { proof: ProofOf<'NewBackupCodes'>; codes: string[] };
  /** The same codes once more. */
  showNewBackupCodes(interaction: Interaction, proof: ProofOf<'NewBackupCodes'>): string[];
}

export function createSecondFactorFactor(needs: Needs): SecondFactorFactor {
  return { ...createShown(needs), ...createMade(needs) };
}

/** What a challenge and a proof begin with. */
const begun = ({ clock }: Pick<Needs, 'clock'>) => ({ id: standardId(), createdAt: clock.now() });

function createShown(needs: Needs): Shown {
  const { secondFactors, attempts, clock, verificationCode } = needs;
  const limited = <T>(
    { tenant }: Interaction,
    { sentinelPolicy: policy }: SignInExperienceSettings,
    userId: string,
    check: () => Promise<T | undefined>,
  ) => attempts.limited(tenant.db, { identifier: secondAttemptName(userId), policy }, check);
  return {
    async showTotp(interaction, settings, { userId, code }) {
      const check = () => secondFactors.useTotp(interaction.tenant, userId, code);
      if (!(await limited(interaction, settings, userId, check)))
        throw new AldabaError('session.mfa.invalid_totp_code');
      return { ...begun(needs), type: 'Totp', used: false, userId };
    },
    async showBackupCode(interaction, settings, { userId, code }) {
      const check = () => secondFactors.useBackupCode(interaction.tenant, userId, code);
      if (!(await limited(interaction, settings, userId, check)))
        throw new AldabaError('session.mfa.invalid_backup_code');
      return { ...begun(needs), type: 'BackupCode', used: false, userId };
    },
    async askPasskey({ tenant }, { userId, rpId }) {
      const { options, challenge } = await secondFactors.authenticationOptions(tenant, { rpId, userId });
      // Without a list browsers offer any passkey that they have, and none of them would count.
      if (!options.allowCredentials?.length) throw new AldabaError('session.mfa.mfa_factor_not_enabled');
      return { challenge: { ...begun(needs), type: 'WebAuthn', challenge, userId }, options };
    },
    async showPasskey(interaction, settings, { id, challenge, userId }, { payload, rpId, origin }) {
      const expected = { challenge, rpId, origin, userId };
      const check = () => secondFactors.verifyAuthentication(interaction.tenant, payload, expected);
      if (!(await limited(interaction, settings, userId, check)))
        throw new AldabaError('session.mfa.webauthn_verification_failed');
      return { id, createdAt: clock.now(), type: 'WebAuthn', used: false, userId };
    },
    async sendCode(interaction, { user, channel, locale }) {
      const value = channel === 'email' ? user.primaryEmail : user.primaryPhone;
      if (value === null) throw new AldabaError('session.mfa.mfa_factor_not_enabled');
      const challenge = await verificationCode.begin(interaction, {
        identifier: { type: channel, value },
        template: 'MfaVerification',
        delivery: 'awaited',
        locale,
        user,
        userId: user.id,
      });
      if (!('userId' in challenge)) throw new TypeError('A second factor belongs to somebody');
      return challenge;
    },
  };
}

function createMade(needs: Needs): Made {
  const { secondFactors, clock } = needs;
  const labelOf = ({ baseUrl }: Tenant, user: Person) => ({ issuer: new URL(baseUrl).host, account: nameOf(user) });
  return {
    makeTotp({ tenant }, user) {
      const { secretSealed, ...shown } = secondFactors.newTotp(tenant, labelOf(tenant, user));
      return { challenge: { ...begun(needs), type: 'NewTotp', secretSealed }, ...shown };
    },
    showNewTotp: ({ tenant }, { secretSealed }, user) =>
      secondFactors.showNewTotp(tenant, secretSealed, labelOf(tenant, user)),
    proveTotp({ tenant }, { id, secretSealed }, code) {
      const step = secondFactors.checkNewTotp(tenant, secretSealed, code);
      if (step === undefined) throw new AldabaError('session.mfa.invalid_totp_code');
      const factor = { type: 'Totp' as const, secretSealed, step };
      return { id, createdAt: clock.now(), type: 'NewTotp', used: false, factor };
    },
    async makePasskey({ tenant }, user, { rpId }) {
      const name = nameOf(user);
      const { options, challenge } = await secondFactors.registrationOptions(
        tenant,
        { id: user.id, name, displayName: user.name ?? name },
        { rpId, residentKey: 'preferred' },
      );
      return { challenge: { ...begun(needs), type: 'NewPasskey', challenge }, options };
    },
    async provePasskey(_, { id, challenge }, payload, { rpId, origin, agent }) {
      const passkey = await secondFactors.verifyRegistration(payload, { challenge, rpId, origin, agent });
      if (!passkey) throw new AldabaError('session.mfa.webauthn_verification_failed');
      const factor = { type: 'WebAuthn' as const, passkey };
      return { id, createdAt: clock.now(), type: 'NewPasskey', used: false, factor };
    },
    makeBackupCodes({ tenant }) {
      const { codes, codesSealed } = secondFactors.newBackupCodes(tenant);
      const factor = { type: 'BackupCode' as const, codesSealed };
      return { proof: { ...begun(needs), type: 'NewBackupCodes', used: false, factor }, codes };
    },
    showNewBackupCodes({ tenant }, { factor }) {
      if (factor.type !== 'BackupCode') throw new TypeError('Only backup codes can be shown again');
      return secondFactors.showNewBackupCodes(tenant, factor.codesSealed);
    },
  };
}

/** What an authenticator shows beside its codes and passkeys. */
const nameOf = ({ id, username, primaryEmail, primaryPhone, name }: Person): string =>
  username ?? primaryEmail ?? primaryPhone ?? name ?? id;
