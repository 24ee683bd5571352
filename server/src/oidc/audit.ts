/** The protocol's audit log entries. The log masks parameters. */
import type { AuditGrant } from '@aldaba/contract';
import type { Request } from '../http/index.ts';
import type { Core } from './core.ts';
import type { OidcNeeds } from './needs.ts';
import { ProtocolError } from './protocol-error.ts';

/** Grant names in the keys of the log. */
const names: Readonly<Record<string, AuditGrant>> = {
  authorization_code: 'AuthorizationCode',
  refresh_token: 'RefreshToken',
  client_credentials: 'ClientCredentials',
  'urn:ietf:params:oauth:grant-type:token-exchange': 'TokenExchange',
  'urn:ietf:params:oauth:grant-type:device_code': 'DeviceCode',
};

export interface TokenNote {
  grantType: string | undefined;
  /** The application, once authenticated. */
  applicationId?: string | undefined;
  /** The application secret that was used. */
  secretName?: string | undefined;
  userId?: string | undefined;
  /** The response. */
  body?: Readonly<Record<string, unknown>> | undefined;
  error?: unknown;
}

const tokenTypes = { access_token: 'AccessToken', refresh_token: 'RefreshToken', id_token: 'IdToken' };

/** `ExchangeTokenBy.<grant>`; a user who gets a token counts as active today. */
export function auditExchange(core: Core, http: Request, note: TokenNote): void {
  const { grantType, applicationId, secretName, userId, body, error } = note;
  const name = (grantType !== undefined && Object.hasOwn(names, grantType) && names[grantType]) || 'Unknown';
  core.logs.write(http.tenant.id, {
    key: `ExchangeTokenBy.${name}`,
    result: body ? 'Success' : 'Error',
    ...(body ? {} : { error: describe(error) }),
    applicationId,
    secretName,
    userId,
    params: paramsOf(http),
    ...(body
      ? {
          more: {
            tokenTypes: Object.entries(tokenTypes).flatMap(([member, type]) => (member in body ? [type] : [])),
            ...(body.scope === undefined ? {} : { scope: body.scope }),
          },
        }
      : {}),
  });
  if (body && userId !== undefined) core.dashboard.recordActive(http.tenant.id, userId);
}

/** `RevokeGrants`: a grant ended with its codes and tokens. `reason` if the caller did not request it. */
export function auditGrantRevoked(
  { logs }: Pick<OidcNeeds, 'logs'>,
  tenantId: string,
  about: { grantId: string; applicationId?: string | undefined; userId?: string | undefined; reason?: string },
): void {
  const { applicationId, userId, ...more } = about;
  logs.write(tenantId, { key: 'RevokeGrants', result: 'Success', applicationId, userId, more });
}

/** Parameters that show what was requested or, masked, which credential was presented. */
const notedParameters = [
  'grant_type',
  'client_id',
  'client_assertion_type',
  'client_secret',
  'client_assertion',
  'redirect_uri',
  'scope',
  'resource',
  'audience',
  'organization_id',
  'code',
  'code_verifier',
  'refresh_token',
  'subject_token',
  'subject_token_type',
  'actor_token',
  'actor_token_type',
  'requested_token_type',
  'token',
  'token_type_hint',
] as const;
/** Maximum characters of a value, and maximum values of a repeated parameter. */
const longestValue = 200;
const mostValues = 3;

/** The stored part of the request: anonymous callers can send one, so only the named parameters are kept. */
export function paramsOf(http: Request): Record<string, unknown> {
  const body = (typeof http.body === 'object' && http.body !== null ? http.body : {}) as Record<string, unknown>;
  const params: Record<string, unknown> = {};
  for (const name of notedParameters) {
    const value = Object.hasOwn(body, name) ? body[name] : undefined;
    if (value === undefined) continue;
    if (Array.isArray(value)) params[name] = value.slice(0, mostValues).map(shorten);
    else params[name] = shorten(value);
  }
  return params;
}

const shorten = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? '…'
    : typeof value === 'string' && value.length > longestValue
      ? `${value.slice(0, longestValue)}…`
      : value;

function describe(error: unknown): unknown {
  return error instanceof ProtocolError ? { code: error.code, message: error.description } : error;
}
