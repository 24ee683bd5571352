import * as contract from '@aldaba/contract';
import { type Implement, type Page, Paged } from '../../../http/implement.ts';
import type { TrustedDevices } from './service.ts';

/** `/api/users/:userId/trusted-devices`. */
export function trustedDeviceRoutes(implement: Implement, devices: TrustedDevices): void {
  implement(contract.listUserTrustedDevices, async ({ tenant, params, page }) => {
    const { items, total } = await devices.list(tenant.db, params.userId, page as Page);
    return new Paged(items, total);
  });
  implement(contract.deleteUserTrustedDevice, ({ tenant, params }) =>
    devices.remove(tenant.db, params.userId, params.trustedDeviceId),
  );
}
