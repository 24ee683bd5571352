import type { Tenant } from '../../tenancy/index.ts';
import type { Keys } from '../keys.ts';
import type { Parameters } from '../parameters.ts';
import { ProtocolError } from '../protocol-error.ts';
import { readRequestedClaims } from '../requested-claims.ts';
import type { AuthorizationRequest } from './request.ts';

/** The requested claims and the expected user: from the `claims` parameter or an `id_token_hint`. */
export async function readExpectations(
  deps: { keys: Keys },
  tenant: Tenant,
  given: { parameters: Parameters; clientId: string },
): Promise<Pick<AuthorizationRequest, 'claims' | 'essentialAcr' | 'hintedUserId'>> {
  const { subject, ...requested } = readRequestedClaims(given.parameters.get('claims'));
  const hint = await readIdTokenHint(deps, tenant, given);
  if (subject !== undefined && hint.hintedUserId !== undefined && hint.hintedUserId !== subject)
    throw new ProtocolError('invalid_request', 'id_token_hint and the sub of claims name different users');
  return { ...requested, ...hint, ...(subject === undefined ? {} : { hintedUserId: subject }) };
}

async function readIdTokenHint(
  deps: { keys: Keys },
  tenant: Tenant,
  given: { parameters: Parameters; clientId: string },
): Promise<{ hintedUserId?: string }> {
  const hint = given.parameters.get('id_token_hint');
  if (hint === undefined) return {};
  const claims = await deps.keys.verify(tenant, hint, { allowExpired: true });
  if (claims?.aud !== given.clientId || typeof claims.sub !== 'string') {
    throw new ProtocolError('invalid_request', 'could not validate id_token_hint');
  }
  return { hintedUserId: claims.sub };
}

type SignInHints = Pick<
  AuthorizationRequest,
  | 'state'
  | 'nonce'
  | 'loginHint'
  | 'uiLocales'
  | 'firstScreen'
  | 'interactionMode'
  | 'identifier'
  | 'directSignIn'
  | 'organizationId'
  | 'oneTimeToken'
  | 'isByLink'
>;

const identifiers = ['username', 'email', 'phone'];

/** Values returned to the application unchanged, and hints for the sign-in pages: unknown values are not errors. */
export function readHints(parameters: Parameters): SignInHints {
  const hints: SignInHints = {};
  const copy = (
    name: string,
    member:
      | 'state'
      | 'nonce'
      | 'loginHint'
      | 'uiLocales'
      | 'firstScreen'
      | 'interactionMode'
      | 'organizationId'
      | 'oneTimeToken',
  ) => {
    const value = parameters.get(name);
    if (value !== undefined) hints[member] = value;
  };
  copy('state', 'state');
  copy('nonce', 'nonce');
  copy('login_hint', 'loginHint');
  copy('ui_locales', 'uiLocales');
  copy('first_screen', 'firstScreen');
  copy('interaction_mode', 'interactionMode');
  copy('organization_id', 'organizationId');
  copy('one_time_token', 'oneTimeToken');
  if (hints.oneTimeToken !== undefined && hints.loginHint !== undefined) hints.isByLink = true;
  const identifier = (parameters.get('identifier') ?? '').split(' ').filter((value) => identifiers.includes(value));
  if (identifier.length > 0) hints.identifier = identifier;
  const direct = /^(social|sso):(.+)$/.exec(parameters.get('direct_sign_in') ?? '');
  if (direct) hints.directSignIn = { method: direct[1] as 'social' | 'sso', target: direct[2] as string };
  return hints;
}
