import { type Access, fullAccess, type Permission, permissionOf, type RouteContract } from '@aldaba/contract';
import { AldabaError } from '../kernel/errors.ts';
import { adminTenantId } from '../tenancy/address.ts';
import type { Tenant } from '../tenancy/service.ts';
import type { Request } from './types.ts';

/** The caller, as the guard of the route's access found out. */
export interface Caller {
  /** Subject of the access token (application or user ID); absent for anonymous callers and interactions. */
  subject?: string;
  /** Scopes of the access token for the Management API; absent for other callers. */
  scopes?: ReadonlySet<string>;
}

/** Finds out who calls; whether they may is decided by `requirePermission`. */
export type Guards = Record<Access, (request: Request, tenant: Tenant) => Promise<Caller>>;

/** The caller of handlers in this process: an operator at the command line. */
export const localOperator: Caller = { scopes: new Set([fullAccess]) };

/** Whether a caller may do everything that the Management API offers. */
export const hasFullAccess = ({ scopes }: Caller): boolean => scopes?.has(fullAccess) === true;

/** @throws AldabaError `auth.forbidden` unless the caller may do everything */
export function requireFullAccess(caller: Caller): void {
  if (!hasFullAccess(caller)) throw new AldabaError('auth.forbidden');
}

/**
 * Deny by default: what lets a caller through is guard and permission of the contract, both found before the server listens.
 * @throws Error for a contract whose access has no guard, or whose tag has no permission
 */
export function createGate(
  guards: Guards,
  contract: RouteContract,
): (request: Request, tenant: Tenant) => Promise<Caller> {
  const { access, method, path } = contract;
  if (!Object.hasOwn(guards, access)) throw new Error(`${method} ${path} declares no access that has a guard.`);
  const guard = guards[access];
  const permission = permissionOf(contract);
  if (permission === undefined) return guard;
  return async (request, tenant) => {
    const caller = await guard(request, tenant);
    if (!isPermitted(caller, tenant, permission)) throw new AldabaError('auth.forbidden');
    return caller;
  };
}

/**
 * The users of the admin tenant administer the other tenants: replacing one's password there is as good as every permission
 * elsewhere. Changes of that tenant therefore need the scope `all`.
 */
function isPermitted(caller: Caller, tenant: Tenant, permission: Permission): boolean {
  if (hasFullAccess(caller)) return true;
  if (tenant.id === adminTenantId && permission.startsWith('write:')) return false;
  return caller.scopes?.has(permission) === true;
}
