import {
  type Access,
  fullAccess,
  organizationPermissionOf,
  type Permission,
  permissionOf,
  type RouteContract,
} from '@aldaba/contract';
import { AldabaError } from '../kernel/errors.ts';
import { adminTenantId } from '../tenancy/address.ts';
import type { Tenant } from '../tenancy/service.ts';
import type { Request } from './types.ts';

/** The caller, as determined by the guard of the route's access. */
export interface Caller {
  /** Subject of the access token (application or user ID); absent for anonymous callers and interactions. */
  subject?: string;
  /** ID of the tenant that issued the access token; absent for other callers. */
  issuer?: string;
  /** Scopes of the access token; absent for other callers. */
  scopes?: ReadonlySet<string>;
  /** The organization of an organization token; absent for other callers. */
  organizationId?: string;
  /** The grant of a user's token for an organization, the Account API or `/me`; absent for other callers. */
  grant?: { id: string; applicationId: string };
}

/** Identifies the caller; `requirePermission` decides what the caller may do. */
export type Guards = Record<Access, (request: Request, tenant: Tenant) => Promise<Caller>>;

/** The caller of handlers in this process: an operator at the command line. */
export const localOperator: Caller = { scopes: new Set([fullAccess]) };

/** Whether a caller has full access to the Management API. */
export const hasFullAccess = ({ scopes }: Caller): boolean => scopes?.has(fullAccess) === true;

/** Whether a caller may also call the routes of a permission, for answers that show what those routes are about. */
export const mayCall = (caller: Caller, permission: Permission): boolean =>
  hasFullAccess(caller) || caller.scopes?.has(permission) === true;

/** @throws AldabaError `auth.forbidden` unless the caller has full access */
export function requireFullAccess(caller: Caller): void {
  if (!hasFullAccess(caller)) throw new AldabaError('auth.forbidden');
}

/**
 * Deny by default: the contract's guard and permission admit a caller, and both are resolved before the server listens.
 * @throws Error for a contract whose access has no guard
 */
export function createAuthorize(
  guards: Guards,
  contract: RouteContract,
): (request: Request, tenant: Tenant) => Promise<Caller> {
  const { access, method, path } = contract;
  if (!Object.hasOwn(guards, access)) throw new Error(`${method} ${path} declares no access that has a guard.`);
  const guard = guards[access];
  const ofOrganization = organizationPermissionOf(contract);
  if (ofOrganization !== undefined) return authorizeMember(guard, contract, ofOrganization);
  const permission = permissionOf(contract);
  if (permission === undefined) return guard;
  return async (request, tenant) => {
    const caller = await guard(request, tenant);
    if (!isPermitted(caller, tenant, permission)) throw new AldabaError('auth.forbidden');
    return caller;
  };
}

/**
 * A member reaches the organization of the token only, whatever the path says.
 * @throws Error for a route that names no organization
 */
function authorizeMember(guard: Guards[Access], { method, path }: RouteContract, permission: string): Guards[Access] {
  if (!path.startsWith('/api/organizations/:id/')) throw new Error(`${method} ${path} names no organization.`);
  return async (request, tenant) => {
    const caller = await guard(request, tenant);
    const { id } = request.params as { id?: unknown };
    if (caller.organizationId === undefined || caller.organizationId !== id || !caller.scopes?.has(permission))
      throw new AldabaError('auth.forbidden');
    return caller;
  };
}

/** Whether a caller sees the secrets in the answers of a route: only who may change what it is about. */
export function maySeeSecrets(caller: Caller, tenant: Tenant, { access, tag }: RouteContract): boolean {
  const permission = permissionOf({ access, tag, method: 'PATCH' });
  return permission === undefined || isPermitted(caller, tenant, permission);
}

/**
 * Users of the admin tenant administer the other tenants: resetting one of their passwords is as powerful as every
 * permission elsewhere. Changes to that tenant therefore need the scope `all`.
 */
function isPermitted(caller: Caller, tenant: Tenant, permission: Permission): boolean {
  if (tenant.id === adminTenantId && permission.startsWith('write:')) return hasFullAccess(caller);
  return mayCall(caller, permission);
}
