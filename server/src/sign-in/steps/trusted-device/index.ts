/** What completing a sign-in does with a trusted device. */
import type { Cookie } from '../../../http/cookies.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Transaction } from '../../../store/index.ts';
import type { DeviceAtEnd } from '../../machine/vocabulary.ts';
import type { SignInNeeds } from '../../needs.ts';
import type { Interaction } from '../../port.ts';

/**
 * Records the use of a device, or trusts the browser. Returns the cookie that the browser gets.
 * @throws AldabaError `session.not_found` for a device that was removed in between: the sign-in starts again
 */
export async function settleDevice(
  { deviceTrust, logs }: Pick<SignInNeeds, 'deviceTrust' | 'logs'>,
  tx: Transaction,
  { tenant, applicationId, uidHash: sessionId }: Interaction,
  { userId, device }: { userId: string; device: DeviceAtEnd },
): Promise<Cookie | undefined> {
  const log = (key: 'TrustedDevice.Created' | 'TrustedDevice.Used', trustedDeviceId: string) =>
    tx.afterCommit(() =>
      logs.write(tenant.id, {
        key,
        result: 'Success',
        userId,
        applicationId,
        sessionId,
        params: { trustedDeviceId },
      }),
    );
  if ('uses' in device) {
    if (!(await deviceTrust.use(tx, userId, device.uses))) throw new AldabaError('session.not_found');
    log('TrustedDevice.Used', device.uses);
    return undefined;
  }
  const { id, cookie } = await deviceTrust.trust(tx, userId, device);
  log('TrustedDevice.Created', id);
  return cookie;
}
