import { type Cookie, readCookies } from '../../../http/cookies.ts';
import type { Request } from '../../../http/types.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { hashToken } from '../../../kernel/crypto.ts';
import type { Events } from '../../../kernel/events.ts';
import { opaqueToken, standardId } from '../../../kernel/ids.ts';
import { currentOrigin } from '../../../kernel/origin.ts';
import type { Queries, Transaction } from '../../../store/index.ts';
import { deleteAllDevices, deleteDevice, findDeviceId, insertDevice, limitDevices, useDevice } from './store.ts';

/** The trusted devices that a browser says it is: secrets by the names of their cookies. */
export type HeldDevices = ReadonlyMap<string, string>;

/** Trusted devices for sign-in, and for changes that end trust. */
export interface DeviceTrust {
  heldBy: (request: Request) => HeldDevices;
  /** The id of the device that the browser is for this user; undefined if it is none, or no longer. */
  find: (q: Queries, held: HeldDevices, userId: string) => Promise<string | undefined>;
  /**
   * Trusts the browser of the current request. Returns the cookie with the credential.
   * @param given `replaces`: the device that the browser was for the user until now
   */
  trust: (
    tx: Transaction,
    userId: string,
    given: { days: number; replaces?: string | undefined },
  ) => Promise<{ id: string; cookie: Cookie }>;
  /** Records that the device replaced a second factor. Returns whether it was still valid. */
  use: (tx: Transaction, userId: string, id: string) => Promise<boolean>;
  /** Ends all trust of a user: a password or second factor has changed, or an operator ends the sessions. */
  forgetAll: (tx: Transaction, userId: string) => Promise<void>;
  /** The tenant trusts devices for so many days now, 0 for not at all: ends longer trust. */
  limit: (tx: Transaction, days: number) => Promise<void>;
}

const cookiePrefix = '_trusted.';
const day = 86_400_000;
/** As for sessions. */
const userAgentLength = 512;

/** Each user of a browser has a cookie, and each tenant its own: its name tells neither of them. */
const nameOf = (tenantId: string, userId: string): string => hashToken(`${tenantId} ${userId}`).slice(0, 16);

export function createDeviceTrust({ clock, events }: { clock: Clock; events: Events<Transaction> }): DeviceTrust {
  const ended = (tx: Transaction, userId: string, trustedDeviceId: string) =>
    events.publish(tx, 'TrustedDevice.Deleted', { userId, trustedDeviceId, data: null });
  return {
    heldBy: (request) => readCookies(request, cookiePrefix),
    async find(q, held, userId) {
      const secret = held.get(nameOf(q.tenantId, userId));
      if (secret === undefined) return undefined;
      return findDeviceId(q, { userId, secretHash: hashToken(secret), now: new Date(clock.now()) });
    },
    async trust(tx, userId, { days, replaces }) {
      if (replaces !== undefined && (await deleteDevice(tx, userId, replaces)) > 0) await ended(tx, userId, replaces);
      const { ip = null, userAgent, place } = currentOrigin() ?? {};
      const now = clock.now();
      const device = {
        id: standardId(),
        userAgent: userAgent?.slice(0, userAgentLength) ?? null,
        ip,
        country: place?.country ?? null,
        city: place?.city ?? null,
        createdAt: now,
        lastUsedAt: now,
        expiresAt: now + days * day,
      };
      const secret = opaqueToken();
      await insertDevice(tx, userId, { ...device, secretHash: hashToken(secret) });
      await events.publish(tx, 'TrustedDevice.Created', { userId, data: device });
      const name = `${cookiePrefix}${nameOf(tx.tenantId, userId)}`;
      return { id: device.id, cookie: { name, value: secret, maxAge: (days * day) / 1000 } };
    },
    use: (tx, userId, id) => useDevice(tx, { userId, id, now: new Date(clock.now()) }),
    async forgetAll(tx, userId) {
      for (const id of await deleteAllDevices(tx, userId)) await ended(tx, userId, id);
    },
    limit: limitDevices,
  };
}
