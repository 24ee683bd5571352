import type { Clock } from '../../../kernel/clock.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Events } from '../../../kernel/events.ts';
import type { Queries } from '../../../store/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { Users } from '../users/index.ts';
import { newBackupCodes, placeOfCode } from './backup-codes.ts';
import { createFactorChanges, type FactorDraft } from './changes.ts';
import {
  type AuthenticationOptions,
  type AuthenticationPayload,
  type Expected,
  type NewPasskey,
  optionsToAuthenticate,
  optionsToRegister,
  type RegistrationOptions,
  type RegistrationPayload,
} from './passkeys.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import * as store from './store.ts';
import { newTotpSecret, stepOfCode, totpQrCode } from './totp.ts';

export interface SecondFactorsNeeds {
  clock: Clock;
  vault: Vault;
  users: Pick<Users, 'get'>;
  events: Events<Queries>;
}

/** A factor that was made in a sign-in and that nobody has yet; JSON, its secrets sealed. */
export type NewFactor =
  /** `step`: what `checkNewTotp` said; codes of it and before it do not count again. */
  | { type: 'Totp'; secretSealed: string; step: number }
  | { type: 'WebAuthn'; passkey: NewPasskey }
  | { type: 'BackupCode'; codesSealed: string };

/** What an authenticator app shows beside its codes. */
interface TotpLabel {
  issuer: string;
  account: string;
}

/**
 * What the sign-in does with second factors. A check of something secret returns undefined when it fails, and does not limit how
 * often it is tried: that is for the caller.
 */
export interface SecondFactors extends Totps, BackupCodes, Passkeys {
  /** What is known of a person that decides about second factors, in one statement. @throws AldabaError `entity.not_found` */
  standing(q: Queries, userId: string): Promise<store.MfaStanding>;
  /**
   * Gives a person factors that were made in a sign-in, all or none, within the caller's transaction, and tells webhooks that the
   * person changed. Used-up backup codes are replaced.
   * @throws AldabaError `entity.not_found`, `user.totp_already_in_use`, `user.passkey_already_in_use`,
   * `user.backup_code_already_in_use`, `session.mfa.backup_code_can_not_be_alone`
   */
  bind(tx: Queries, userId: string, factors: readonly NewFactor[]): Promise<void>;
}

interface Totps {
  /** Makes the secret of an authenticator app: sealed for the state of the sign-in, in base32, and as a PNG data URL. */
  newTotp(tenant: Tenant, label: TotpLabel): { secretSealed: string; secret: string; secretQrCode: string };
  /** Shows a secret again that `newTotp` sealed. */
  showNewTotp(tenant: Tenant, secretSealed: string, label: TotpLabel): { secret: string; secretQrCode: string };
  /** The step that a code of a new app is of: a proof that the app has the secret. */
  checkNewTotp(tenant: Tenant, secretSealed: string, code: string): number | undefined;
  /** Uses up a code of a person's app, whatever becomes of the sign-in. Returns the id of the factor. */
  useTotp(tenant: Tenant, userId: string, code: string): Promise<string | undefined>;
}

interface BackupCodes {
  /** Makes ten backup codes, and seals them for the state of the sign-in. */
  newBackupCodes(tenant: Tenant): { codes: string[]; codesSealed: string };
  /** Shows codes again that `newBackupCodes` sealed. */
  showNewBackupCodes(tenant: Tenant, codesSealed: string): string[];
  /** Uses up a backup code of a person, whatever becomes of the sign-in. Returns the id of the factor. */
  useBackupCode(tenant: Tenant, userId: string, code: string): Promise<string | undefined>;
}

interface Passkeys {
  /**
   * What `navigator.credentials.create` is given, as JSON, and the challenge to expect. The person's passkeys for this host are
   * excluded. `residentKey`: `required` for one that signs people in by itself.
   */
  registrationOptions(
    tenant: Tenant,
    user: { id: string; name: string; displayName: string },
    given: { rpId: string; residentKey: 'preferred' | 'required' },
  ): Promise<{ options: RegistrationOptions; challenge: string }>;
  verifyRegistration(
    payload: RegistrationPayload,
    expected: Expected & { agent?: string | undefined },
  ): Promise<NewPasskey | undefined>;
  /**
   * What `navigator.credentials.get` is given, as JSON, and the challenge to expect.
   * @param given with `userId` the person's passkeys for this host are asked for, else any that the browser has
   */
  authenticationOptions(
    tenant: Tenant,
    given: { rpId: string; userId?: string | undefined },
  ): Promise<{ options: AuthenticationOptions; challenge: string }>;
  /**
   * Notes a use of a passkey, whatever becomes of the sign-in.
   * @param expected with `userId` the passkey has to be that person's; else the answer has to name whose it is
   */
  verifyAuthentication(
    tenant: Tenant,
    payload: AuthenticationPayload,
    expected: Expected & { userId?: string | undefined },
  ): Promise<{ factorId: string; userId: string } | undefined>;
}

export function createSecondFactors({ clock, vault, users, events }: SecondFactorsNeeds): SecondFactors {
  const secrets = createSecrets(vault);
  const changes = createFactorChanges({ clock, secrets, users, events });
  const draftOf = (tenantId: string, factor: NewFactor): FactorDraft => {
    switch (factor.type) {
      case 'Totp': {
        const secret = secrets.openNew(tenantId, 'Totp', factor.secretSealed);
        return { type: 'Totp', secret, step: factor.step };
      }
      case 'BackupCode':
        return { type: 'BackupCode', codes: JSON.parse(secrets.openNew(tenantId, 'BackupCode', factor.codesSealed)) };
      case 'WebAuthn':
        return factor;
    }
  };
  return {
    async standing(q, userId) {
      const found = await store.findStanding(q, userId);
      if (!found) throw new AldabaError('entity.not_found');
      return found;
    },
    async bind(tx, userId, factors) {
      const drafts = factors.map((factor) => draftOf(tx.tenantId, factor));
      await changes.add(tx, userId, drafts);
    },
    ...createTotps(clock, secrets),
    ...createBackupCodes(clock, secrets),
    ...createPasskeys(clock),
  };
}

function createTotps(clock: Clock, secrets: Secrets): Totps {
  return {
    newTotp(tenant, label) {
      const secret = newTotpSecret();
      const secretSealed = secrets.sealNew(tenant.id, 'Totp', secret);
      return { secretSealed, secret, secretQrCode: totpQrCode(secret, label) };
    },
    showNewTotp(tenant, secretSealed, label) {
      const secret = secrets.openNew(tenant.id, 'Totp', secretSealed);
      return { secret, secretQrCode: totpQrCode(secret, label) };
    },
    checkNewTotp: (tenant, secretSealed, code) =>
      stepOfCode(secrets.openNew(tenant.id, 'Totp', secretSealed), code, clock.now()),
    async useTotp(tenant, userId, code) {
      const factor = await store.findSecret(tenant.db, userId, 'Totp');
      if (!factor) return undefined;
      const now = clock.now();
      const step = stepOfCode(secrets.open(tenant.id, factor.id, factor.sealed), code, now);
      if (step === undefined) return undefined;
      const isFirst = await store.useStep(tenant.db, factor.id, { step, at: new Date(now) });
      return isFirst ? factor.id : undefined;
    },
  };
}

function createBackupCodes(clock: Clock, secrets: Secrets): BackupCodes {
  return {
    newBackupCodes(tenant) {
      const codes = newBackupCodes();
      return { codes, codesSealed: secrets.sealNew(tenant.id, 'BackupCode', JSON.stringify(codes)) };
    },
    showNewBackupCodes: (tenant, codesSealed) => JSON.parse(secrets.openNew(tenant.id, 'BackupCode', codesSealed)),
    async useBackupCode(tenant, userId, code) {
      const factor = await store.findSecret(tenant.db, userId, 'BackupCode');
      if (!factor) return undefined;
      const codes: string[] = JSON.parse(secrets.open(tenant.id, factor.id, factor.sealed));
      const place = placeOfCode(codes, code);
      if (place === -1) return undefined;
      const isFirst = await store.useCode(tenant.db, factor.id, { place, at: new Date(clock.now()) });
      return isFirst ? factor.id : undefined;
    },
  };
}

/** What a database can be asked for; nothing else is the id of a passkey. */
const base64url = /^[\w-]+$/;

function createPasskeys(clock: Clock): Passkeys {
  return {
    async registrationOptions(tenant, user, { rpId, residentKey }) {
      const existing = await store.findPasskeyNames(tenant.db, user.id, rpId);
      return optionsToRegister(user, { rpId, residentKey, existing });
    },
    async verifyRegistration(payload, expected) {
      const { checkRegistration } = await import('./passkey-checks.ts');
      return checkRegistration(payload, expected);
    },
    authenticationOptions: async (tenant, { rpId, userId }) =>
      optionsToAuthenticate(
        rpId,
        userId === undefined ? undefined : await store.findPasskeyNames(tenant.db, userId, rpId),
      ),
    async verifyAuthentication(tenant, payload, { userId, ...expected }) {
      const passkey = base64url.test(payload.id) ? await store.findPasskey(tenant.db, payload.id) : undefined;
      if (!passkey || passkey.rpId !== expected.rpId) return undefined;
      if (userId !== undefined && passkey.userId !== userId) return undefined;
      // Web Authentication section 7.2: where nobody is known yet, the answer has to say who it is, and always the same person.
      const handle = payload.response.userHandle;
      const named = handle ? Buffer.from(handle, 'base64url').toString() : userId;
      if (named !== passkey.userId) return undefined;
      const { checkAuthentication } = await import('./passkey-checks.ts');
      const counter = await checkAuthentication(payload, passkey, expected);
      if (counter === undefined) return undefined;
      const isFirst = await store.advanceCounter(tenant.db, passkey.id, { counter, at: new Date(clock.now()) });
      return isFirst ? { factorId: passkey.id, userId: passkey.userId } : undefined;
    },
  };
}
