import type { TrustedDevice, UserAgentParsed } from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Events } from '../../../kernel/events.ts';
import type { Queries, Transaction } from '../../../store/index.ts';
import type { Listed, Slice } from '../../../store/list.ts';
import { createUserAgentParser } from '../../records/logs/index.ts';
import type { Users } from '../users/index.ts';
import { deleteDevice, findDevices } from './store.ts';

export interface TrustedDevicesNeeds {
  clock: Clock;
  users: Pick<Users, 'get'>;
  events: Events<Transaction>;
}

export interface TrustedDevices {
  /**
   * Last used first, without expired ones.
   * @throws AldabaError `entity.not_found` for unknown users
   */
  list: (q: Queries, userId: string, slice: Slice) => Promise<Listed<TrustedDevice>>;
  /** @throws AldabaError `entity.not_found` */
  remove: (q: Queries, userId: string, id: string) => Promise<void>;
}

export function createTrustedDevices({ clock, users, events }: TrustedDevicesNeeds): TrustedDevices {
  return {
    async list(q, userId, slice) {
      await users.get(q, userId);
      const { items, total } = await findDevices(q, { userId, after: new Date(clock.now()) }, slice);
      const parse = await createUserAgentParser();
      return { items: items.map((device) => withBrowser(device, parse)), total };
    },
    remove: (q, userId, id) =>
      q.transaction(async (tx) => {
        if ((await deleteDevice(tx, userId, id)) === 0) throw new AldabaError('entity.not_found');
        await events.publish(tx, 'TrustedDevice.Deleted', { userId, trustedDeviceId: id, data: null });
      }),
  };
}

const withBrowser = (device: TrustedDevice, parse: (userAgent: string) => UserAgentParsed): TrustedDevice => ({
  ...device,
  ...(device.userAgent === null ? {} : { userAgentParsed: parse(device.userAgent) }),
});
