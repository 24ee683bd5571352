import type { Clock } from '../../../kernel/clock.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Events } from '../../../kernel/events.ts';
import type { Queries, Transaction } from '../../../store/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { Users } from '../users/index.ts';
import { newBackupCodes, placeOfCode } from './backup-codes.ts';
import { createFactorChanges, type FactorChangesNeeds, type FactorDraft } from './changes.ts';
import {
  type AuthenticationOptions,
  type AuthenticationPayload,
  checkAuthentication,
  checkRegistration,
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
  users: Pick<Users, 'getLocked'>;
  events: Events<Transaction>;
  deviceTrust: FactorChangesNeeds['deviceTrust'];
}

export type { AuthenticationOptions, RegistrationOptions } from './passkeys.ts';

/** A factor that was created during a sign-in and is not yet bound to a user. JSON with sealed secrets. */
export type NewFactor =
  /** `step`: the result of `checkNewTotp`; codes of this and earlier steps are rejected. */
  | { type: 'Totp'; secretSealed: string; step: number }
  | { type: 'WebAuthn'; passkey: NewPasskey; name?: string | undefined }
  | { type: 'BackupCode'; codesSealed: string };

/** Labels in an authenticator app. */
interface TotpLabel {
  issuer: string;
  account: string;
}

/**
 * Second factors for sign-in. Verifying functions return undefined on failure and do not limit attempts: the caller
 * does.
 */
export interface SecondFactors extends Totps, BackupCodes, Passkeys {
  /** What decides about second factors for a user, in one statement. @throws AldabaError `entity.not_found` */
  statusOf: (q: Queries, userId: string) => Promise<store.MfaStatus>;
  /**
   * Adds factors that were created during a sign-in, all or none, within the caller's transaction, and emits the user's
   * change event. Replaces used-up backup codes.
   * @throws AldabaError `entity.not_found`, `user.totp_already_in_use`, `user.passkey_already_in_use`,
   *   `user.backup_code_already_in_use`, `session.mfa.backup_code_can_not_be_alone`
   */
  bind: (tx: Transaction, userId: string, factors: readonly NewFactor[]) => Promise<void>;
}

interface Totps {
  /** Creates the secret of an authenticator app: sealed for the sign-in state, in base32, and as a PNG data URL. */
  newTotp: (tenant: Tenant, label: TotpLabel) => { secretSealed: string; secret: string; secretQrCode: string };
  /** Opens a secret sealed by `newTotp`. */
  showNewTotp: (tenant: Tenant, secretSealed: string, label: TotpLabel) => { secret: string; secretQrCode: string };
  /** The time step of a code of a new app, which proves that the app has the secret. */
  checkNewTotp: (tenant: Tenant, secretSealed: string, code: string) => number | undefined;
  /** Consumes a code of a user's app, even if the sign-in fails later. Returns the id of the factor. */
  useTotp: (tenant: Tenant, userId: string, code: string) => Promise<string | undefined>;
}

interface BackupCodes {
  /** Creates ten backup codes, sealed for the sign-in state. */
  newBackupCodes: (tenant: Tenant) => { codes: string[]; codesSealed: string };
  /** Opens codes sealed by `newBackupCodes`. */
  showNewBackupCodes: (tenant: Tenant, codesSealed: string) => string[];
  /** Consumes a backup code of a user, even if the sign-in fails later. Returns the id of the factor. */
  useBackupCode: (tenant: Tenant, userId: string, code: string) => Promise<string | undefined>;
}

interface Passkeys {
  /**
   * Options for `navigator.credentials.create`, as JSON, and the expected challenge. Excludes the user's passkeys for
   * this host. `residentKey`: `required` for a passkey that is used without an identifier.
   */
  registrationOptions: (
    tenant: Tenant,
    user: { id: string; name: string; displayName: string },
    given: { rpId: string; residentKey: 'preferred' | 'required' },
  ) => Promise<{ options: RegistrationOptions; challenge: string }>;
  verifyRegistration: (
    payload: RegistrationPayload,
    expected: Expected & { agent?: string | undefined },
  ) => Promise<NewPasskey | undefined>;
  /**
   * Options for `navigator.credentials.get`, as JSON, and the expected challenge.
   * @param given with `userId`, allows the user's passkeys for this host; without it, any passkey in the browser
   */
  authenticationOptions: (
    tenant: Tenant,
    given: { rpId: string; userId?: string | undefined },
  ) => Promise<{ options: AuthenticationOptions; challenge: string }>;
  /**
   * Verifies a passkey and records its use, even if the sign-in fails later.
   * @param expected with `userId`, the passkey must belong to that user; without it, the response must name the user
   */
  verifyAuthentication: (
    tenant: Tenant,
    payload: AuthenticationPayload,
    expected: Expected & { userId?: string | undefined },
  ) => Promise<{ factorId: string; userId: string } | undefined>;
}

export function createSecondFactors({ clock, vault, users, events, deviceTrust }: SecondFactorsNeeds): SecondFactors {
  const secrets = createSecrets(vault);
  const changes = createFactorChanges({ clock, secrets, users, events, deviceTrust });
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
    async statusOf(q, userId) {
      const found = await store.findStatus(q, userId);
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

/** Only strings that can be a passkey's id reach the database. */
const base64url = /^[\w-]+$/;

function createPasskeys(clock: Clock): Passkeys {
  return {
    async registrationOptions(tenant, user, { rpId, residentKey }) {
      const existing = await store.findPasskeyNames(tenant.db, user.id, rpId);
      return optionsToRegister(user, { rpId, residentKey, existing });
    },
    verifyRegistration: checkRegistration,
    authenticationOptions: async (tenant, { rpId, userId }) =>
      optionsToAuthenticate(
        rpId,
        userId === undefined ? undefined : await store.findPasskeyNames(tenant.db, userId, rpId),
      ),
    async verifyAuthentication(tenant, payload, { userId, ...expected }) {
      const passkey = base64url.test(payload.id) ? await store.findPasskey(tenant.db, payload.id) : undefined;
      if (!passkey || passkey.rpId !== expected.rpId) return undefined;
      if (userId !== undefined && passkey.userId !== userId) return undefined;
      // Web Authentication section 7.2: when the user is not known yet, the response must name the user, and
      // consistently.
      const handle = payload.response.userHandle;
      const named = handle ? Buffer.from(handle, 'base64url').toString() : userId;
      if (named !== passkey.userId) return undefined;
      const counter = await checkAuthentication(payload, passkey, expected);
      if (counter === undefined) return undefined;
      const isFirst = await store.advanceCounter(tenant.db, passkey.id, { counter, at: new Date(clock.now()) });
      return isFirst ? { factorId: passkey.id, userId: passkey.userId } : undefined;
    },
  };
}
