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
  signInExperiences: { get(tenant: Tenant): Promise<SignInExperience> };
  log: Log;
}

export interface Address {
  type: 'Email' | 'Sms';
  value: string;
}

/** Keeps codes apart: one that was sent for something proves nothing else. A sign-in has one for each challenge. */
export type CodePurpose = 'management' | `sign-in ${string}`;

/**
 * `awaited`: the caller hears what the connector says. `background`: the answer does not wait for the connector. `withheld`:
 * all the same, but nothing is sent, because there is no account at the address; nobody can tell it from `background`.
 */
export type CodeDelivery = 'awaited' | 'background' | 'withheld';

export interface CodeMessage {
  purpose: CodePurpose;
  /** What the message says it is for; connectors and e-mail templates fall back to `Generic`. */
  template: Exclude<TemplateType, 'OrganizationInvitation'>;
  delivery: CodeDelivery;
  /** Language tag of the person. */
  locale?: string | undefined;
  /** What fills places of the template beside the code: `uiLocales`, `application`, `organization`, `user`. */
  payload?: Readonly<Record<string, unknown>> | undefined;
  /** Address of the person who asked, for services that judge risk. */
  ip?: string | undefined;
  /** Whose limits it counts against; absent where an operator's program asked. */
  from?: Networks | undefined;
}

export interface VerificationCodes {
  /**
   * Sends a new code; the one before it, for the same purpose, ends.
   * @throws AldabaError `user.invalid_email`, `user.invalid_phone`, `connector.not_found`, `request.message_rate_limited`,
   *   `request.overloaded`; `awaited`: the code of what the connector says, and all of it to operators
   */
  send(tenant: Tenant, address: Address, message: CodeMessage): Promise<void>;
  /** Uses a code up. @throws AldabaError `verification_code.not_found`, `…expired`, `…exceed_max_try`, `…code_mismatch` */
  verify(tenant: Tenant, address: Address, proof: { purpose: CodePurpose; code: string }): Promise<void>;
  /** Waits a moment for messages that are on their way. */
  close(): Promise<void>;
}

const defaults = { expirationDuration: defaultCodeLifetime, maxRetryAttempts: 10 };

export function createVerificationCodes(needs: VerificationCodesNeeds): VerificationCodes {
  const { clock, vault, connectors, signInExperiences } = needs;
  const deliveries = createDeliveries(needs);
  const keyOf = ({ type, value }: Address, purpose: CodePurpose): store.CodeKey => ({
    addressHash: hashToken(`${type} ${value.toLowerCase()}`),
    purpose,
  });
  // Six digits are guessed from a plain hash in a moment: the key makes a copy of the database worth nothing.
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
    send: async (tenant, given, { purpose, template, delivery, locale, payload, ip, from }) => {
      const address = normalize(given);
      if (!address) throw new AldabaError(given.type === 'Email' ? 'user.invalid_email' : 'user.invalid_phone');
      const sender = await connectors.sender(tenant, address.type);
      if (!sender) throw new AldabaError('connector.not_found', { type: address.type });
      if (delivery !== 'awaited') deliveries.requireRoom(tenant.id);
      const { lifetime } = await policyOf(tenant);
      const [now, code, key] = [clock.now(), numberCode(6), keyOf(address, purpose)];
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

/** An address in its one spelling; undefined when there is no such address. */
function normalize({ type, value }: Address): Address | undefined {
  const normal = type === 'Email' ? normalizeEmail(value) : normalizePhone(value);
  return normal === undefined ? undefined : { type, value: normal };
}

/**
 * What a service says may repeat the message, code included, and name what only operators are to know: whoever asked for a
 * code to somebody's address hears nothing of it.
 */
function withoutWords(error: unknown): never {
  throw error instanceof AldabaError ? error.withoutData() : error;
}
