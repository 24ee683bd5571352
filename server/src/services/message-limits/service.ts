import type { Clock } from '../../kernel/clock.ts';
import { hashToken } from '../../kernel/crypto.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { Events } from '../../kernel/events.ts';
import type { Log } from '../../kernel/log.ts';
import type { Networks } from '../../kernel/origin.ts';
import type { Transaction } from '../../store/index.ts';
import type { Tenant } from '../../tenancy/index.ts';
import * as store from './store.ts';

/** Messages per hour. */
export interface HourlyLimits {
  /** From one IPv4 address or one /56 of IPv6. */
  client: number;
  /** From one /24 of IPv4 or one /48 of IPv6. */
  network: number;
  tenant: number;
}

/** The operator's values; omitted ones keep their default. */
interface GivenLimits {
  email?: { [Name in keyof HourlyLimits]?: number | undefined } | undefined;
  sms?: { [Name in keyof HourlyLimits]?: number | undefined } | undefined;
}

export const defaultMessageLimits: { email: HourlyLimits; sms: HourlyLimits } = {
  email: { client: 100, network: 500, tenant: 10_000 },
  sms: { client: 30, network: 150, tenant: 1000 },
};

export const messageLimitsOf = (given: GivenLimits = {}): typeof defaultMessageLimits => {
  const fill = (kind: keyof GivenLimits): HourlyLimits => ({
    client: given[kind]?.client ?? defaultMessageLimits[kind].client,
    network: given[kind]?.network ?? defaultMessageLimits[kind].network,
    tenant: given[kind]?.tenant ?? defaultMessageLimits[kind].tenant,
  });
  return { email: fill('email'), sms: fill('sms') };
};

export interface MessageLimitsNeeds {
  clock: Clock;
  log: Log;
  events: Events<Transaction>;
  messageLimits: { email: HourlyLimits; sms: HourlyLimits };
}

export interface MessageLimits {
  /**
   * Counts a message before it is sent. A message that one limit rejects does not count against the others.
   * @param from the requester; absent for an operator's program
   * @throws AldabaError `request.message_rate_limited` with `data.seconds`
   */
  count: (tenant: Tenant, message: { type: 'Email' | 'Sms'; to: string; from?: Networks | undefined }) => Promise<void>;
}

/** Messages to one address in a window, of any type. */
const maximumPerAddress = 10;
/** Milliseconds. */
const addressWindow = 600_000;
const hour = 3_600_000;

export function createMessageLimits({ clock, log, events, messageLimits }: MessageLimitsNeeds): MessageLimits {
  /** When each tenant's limit was last logged. */
  const told = new Map<string, number>();
  const tell = (tenantId: string, type: string, now: number) => {
    if (now - (told.get(tenantId) ?? 0) < hour) return;
    told.set(tenantId, now);
    log.warn({ tenant: tenantId, type }, 'A tenant sends more messages an hour than it may (MESSAGE_LIMITS_JSON)');
  };
  return {
    async count(tenant, { type, to, from }) {
      const limits = type === 'Email' ? messageLimits.email : messageLimits.sms;
      const now = clock.now();
      const counted: Counted[] = [
        {
          kind: 'address',
          name: hashToken(`${type} ${to.toLowerCase()}`),
          maximum: maximumPerAddress,
          window: addressWindow,
        },
        ...(from?.client ? [{ kind: 'client', name: from.client, maximum: limits.client, window: hour } as const] : []),
        ...(from?.network
          ? [{ kind: 'network', name: from.network, maximum: limits.network, window: hour } as const]
          : []),
        // Last, because every message waits for this row.
        { kind: 'tenant', name: '', maximum: limits.tenant, window: hour },
      ];
      const refused = await tenant.db.transaction(async (tx) => {
        const keys = counted.map(({ kind, name, window }) => ({
          key: `${kind} ${type} ${name}`.trim(),
          expiresAt: new Date(now + window),
        }));
        const counts = await store.countMessage(tx, keys, new Date(now));
        const over = counted.flatMap((limit, index) => {
          const count = counts.get(keys[index]?.key as string);
          return count && count.sent > limit.maximum ? [{ ...limit, ...count }] : [];
        });
        const shared = over.find(({ kind }) => kind !== 'address');
        // Rolls back, so that an unsent message does not count.
        if (shared?.kind === 'tenant') tell(tenant.id, type, now);
        if (shared) throw limited(shared.expiresAt, now);
        const [own] = over;
        if (!own) return undefined;
        // Once per window, so that a persistent caller does not fill the log.
        const data = { type: type === 'Email' ? 'email' : 'phone', value: to } as const;
        if (own.sent === own.maximum + 1) await events.publish(tx, 'Message.RateLimited', { data });
        return limited(own.expiresAt, now);
      });
      if (refused) throw refused;
    },
  };
}

interface Counted {
  kind: 'address' | 'client' | 'network' | 'tenant';
  name: string;
  maximum: number;
  /** Milliseconds. */
  window: number;
}

const limited = (expiresAt: Date, now: number) =>
  new AldabaError('request.message_rate_limited', {
    seconds: Math.max(1, Math.ceil((expiresAt.getTime() - now) / 1000)),
  });
