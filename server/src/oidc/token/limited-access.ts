import type { Client } from '../../features/applications/index.ts';
import { ProtocolError } from '../errors.ts';
import type { Exchange } from './exchange.ts';

/** For a person whom no rule of an application with limited access lets in. */
export const accessDenied = (): ProtocolError =>
  new ProtocolError('access_denied', 'the user may not use this application');

/** The application, when its access is limited: what statements ask about that read the person's token anyway. */
export const limitOf = ({ id, isAccessLimited }: Client): string | undefined => (isAccessLimited ? id : undefined);

/**
 * Asks whether the person may (still) use all these applications: one statement where access to one is limited, else none.
 *
 * @throws ProtocolError `access_denied`
 */
export async function requireAccess({ core, tenant }: Exchange, clients: Client[], userId: string): Promise<void> {
  const limited = clients.map(limitOf).filter((id) => id !== undefined);
  if (limited.length > 0 && !(await core.accessControl.mayUse(tenant.db, limited, userId))) throw accessDenied();
}
