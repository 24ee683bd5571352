import type { SignInExperience, TemplateType } from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import { equalSecrets, hashToken, type Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { normalizeEmail, normalizePhone } from '../../../kernel/identifiers.ts';
import { numberCode } from '../../../kernel/ids.ts';
import type { Log } from '../../../kernel/log.ts';
import type { Networks } from '../../../kernel/origin.ts';
import { normalizeCode } from '../../../kernel/text.ts';
import type { MessageLimits } from '../../../services/message-limits/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { Connectors } from '../connectors/index.ts';
import { createDeliveries } from './deliveries.ts';
import { defaultCodeLifetime } from './lifetime.ts';
import * as store from './store.ts';

export interface VerificationCodesNeeds {
  clock: Clock;
  vault: Vault;
  limits: MessageLimits;
  connectors: Pick<Connectors, 'sender'>;
  signInExperiences: { get: (tenant: Tenant) => Promise<SignInExperience> };
  log: Log;
}

export interface Address {
  type: 'Email' | 'Sms';
  value: string;
}

/** Separates codes: a code for one purpose proves nothing else. A sign-in uses one purpose per challenge. */
export type CodePurpose = 'management' | `sign-in ${string}` | `organization-domain ${string}`;

/**
 * `awaited`: the caller gets the connector's result. `background`: the response does not wait for the connector.
 * `withheld`: like `background`, but nothing is sent because no account has the address; callers cannot distinguish the
 * two.
 */
export type CodeDelivery = 'awaited' | 'background' | 'withheld';

export interface CodeMessage {
  purpose: CodePurpose;
  /** The template's usage; connectors and email templates fall back to `Generic`. */
  template: Exclude<TemplateType, 'OrganizationInvitation' | 'AccountChange'>;
  delivery: CodeDelivery;
  /** Length of the code, 6 by default. More where guesses are not limited by an account. */
  digits?: number;
  /** The user's language tag. */
  locale?: string | undefined;
  /** Template variables in addition to the code: `uiLocales`, `application`, `organization`, `user`. */
  payload?: Readonly<Record<string, unknown>> | undefined;
  /** IP address of the requester, for providers that assess risk. */
  ip?: string | undefined;
  /** The caller whose limits apply; absent for an operator's program. */
  from?: Networks | undefined;
}

export interface VerificationCodes {
  /**
   * Sends a new code; the previous one for the same purpose becomes invalid.
   * @throws AldabaError `user.invalid_email`, `user.invalid_phone`, `connector.not_found`,
   *   `request.message_rate_limited`, `request.overloaded`; with `awaited`, also the code of the connector's error,
   *   with its details for operators only
   */
  send: (tenant: Tenant, address: Address, message: CodeMessage) => Promise<void>;
  /**
   * Consumes a code.
   * @throws AldabaError `verification_code.not_found`, `…expired`, `…exceed_max_try`, `…code_mismatch`
   */
  verify: (tenant: Tenant, address: Address, proof: { purpose: CodePurpose; code: string }) => Promise<void>;
  /** Waits briefly for messages in progress. */
  close: () => Promise<void>;
}

const defaults = { expirationDuration: defaultCodeLifetime, maxRetryAttempts: 10 };

export function createVerificationCodes(needs: VerificationCodesNeeds): VerificationCodes {
  const { clock, vault, connectors, signInExperiences } = needs;
  const deliveries = createDeliveries(needs);
  const keyOf = ({ type, value }: Address, purpose: CodePurpose): store.CodeKey => ({
    addressHash: hashToken(`${type} ${value.toLowerCase()}`),
    purpose,
  });
  // A plain hash of six digits is guessed instantly; with the key, a copy of the database is useless.
  const hashCode = (tenant: Tenant, key: store.CodeKey, code: string) =>
    vault.sign(`${tenant.id} ${key.addressHash} ${key.purpose} ${code}`, 'verification-code');
  const policyOf = async (tenant: Tenant) => {
    const { verificationCodePolicy: policy } = await signInExperiences.get(tenant);
    return {
      lifetime: (policy.expirationDuration ?? defaults.expirationDuration) * 1000,
      maximumTries: policy.maxRetryAttempts ?? defaults.maxRetryAttempts,
    };
  };
  return {
    send: async (tenant, given, { purpose, template, delivery, digits = 6, locale, payload, ip, from }) => {
      const address = normalize(given);
      if (!address) throw new AldabaError(given.type === 'Email' ? 'user.invalid_email' : 'user.invalid_phone');
      const sender = await connectors.sender(tenant, address.type);
      if (!sender) throw new AldabaError('connector.not_found', { type: address.type });
      if (delivery !== 'awaited') deliveries.requireRoom(tenant.id);
      const { lifetime } = await policyOf(tenant);
      const [now, code, key] = [clock.now(), numberCode(digits), keyOf(address, purpose)];
      await needs.limits.count(tenant, { type: address.type, to: address.value, from });
      const expiresAt = new Date(now + lifetime);
      await store.saveCode(tenant.db, key, { hash: hashCode(tenant, key, code), now: new Date(now), expiresAt });
      await store.dropOldCodes(tenant.db, new Date(now - 3_600_000));
      const message = {
        to: address.value,
        type: template,
        payload: { ...payload, ...(locale === undefined ? {} : { locale }), code },
        ...(ip === undefined ? {} : { ip }),
      };
      if (delivery === 'awaited') {
        const sent = sender.sendMessage(message, {});
        await (purpose === 'management' ? sent : sent.catch(withoutWords));
      }
      if (delivery === 'background') {
        const send = (signal: AbortSignal) => sender.sendMessage(message, { signal });
        deliveries.begin({ tenantId: tenant.id, connectorId: sender.id, send });
      }
    },
    verify: async (tenant, given, { purpose, code: typed }) => {
      const [address, code] = [normalize(given) ?? given, normalizeCode(typed)];
      const { maximumTries } = await policyOf(tenant);
      const key = keyOf(address, purpose);
      const stored = await store.countTry(tenant.db, key);
      if (!stored) throw new AldabaError('verification_code.not_found');
      if (stored.expiresAt.getTime() <= clock.now()) throw new AldabaError('verification_code.expired');
      if (stored.tries > maximumTries) throw new AldabaError('verification_code.exceed_max_try');
      if (!equalSecrets(stored.codeHash, hashCode(tenant, key, code)))
        throw new AldabaError('verification_code.code_mismatch');
      if (!(await store.consumeCode(tenant.db, key, stored.codeHash)))
        throw new AldabaError('verification_code.not_found');
    },
    close: deliveries.close,
  };
}

/** The canonical form of an address; undefined if it is invalid. */
function normalize({ type, value }: Address): Address | undefined {
  const normal = type === 'Email' ? normalizeEmail(value) : normalizePhone(value);
  return normal === undefined ? undefined : { type, value: normal };
}

/**
 * A provider's error may repeat the message with the code, and contain details for operators only, so the requester of
 * a code does not see it.
 */
function withoutWords(error: unknown): never {
  throw error instanceof AldabaError ? error.withoutData() : error;
}
