import type { Client } from '../../features/applications/applications/index.ts';
import { mayUseGrant } from '../clients.ts';
import type { Parameters } from '../parameters.ts';
import { ProtocolError } from '../protocol-error.ts';
import type { ResponseMode } from './request.ts';

const responseModes: readonly string[] = ['query', 'fragment', 'form_post'];

/**
 * Request objects (OpenID Connect Core section 6) and registration in the request are not supported: each has its own
 * error.
 */
export function refuseRequestObjects(parameters: Parameters): void {
  if (parameters.has('request')) throw new ProtocolError('request_not_supported', 'request parameter is not supported');
  if (parameters.has('request_uri'))
    throw new ProtocolError('request_uri_not_supported', 'request_uri parameter is not supported');
  if (parameters.has('registration'))
    throw new ProtocolError('registration_not_supported', 'registration parameter is not supported');
}

/**
 * The response mode, also for errors: the requested one or the default. Response types with `token` or `id_token` are
 * answered in the fragment and never in the query (OAuth 2.0 Multiple Response Type Encoding Practices sections 2.1 and
 * 5).
 */
export function answerMode(parameters: Parameters, redirectUri: string): ResponseMode {
  const given = parameters.get('response_mode') ?? refusedObject(parameters).response_mode ?? '';
  const types = (parameters.get('response_type') ?? '').split(' ');
  const usual = types.includes('token') || types.includes('id_token') ? 'fragment' : 'query';
  if (given === 'form_post') return /^https?:/i.test(redirectUri) ? given : usual;
  return given === 'fragment' ? given : usual;
}

/** The state of the response, which a rejected request object may contain. */
export const answerState = (parameters: Parameters): string | undefined =>
  parameters.get('state') ?? refusedObject(parameters).state;

/**
 * The response parameters of a request object. Read without verification, only to reject the object in the way its
 * client expects (OAuth 2.0 Form Post Response Mode section 2): the response goes to a registered URI and contains no
 * secret.
 */
function refusedObject(parameters: Parameters): { response_mode?: string; state?: string } {
  const payload = parameters.get('request')?.split('.')[1];
  if (payload === undefined) return {};
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const { response_mode: mode, state } = (claims ?? {}) as Record<string, unknown>;
    return {
      ...(typeof mode === 'string' ? { response_mode: mode } : {}),
      ...(typeof state === 'string' ? { state } : {}),
    };
  } catch {
    // Encrypted or malformed: it is rejected anyway.
    return {};
  }
}

export function readResponse(
  parameters: Parameters,
  client: Client,
  redirectUri: string,
): { responseMode: ResponseMode } {
  const type = parameters.get('response_type');
  if (!type) throw new ProtocolError('invalid_request', "missing required parameter 'response_type'");
  if (type !== 'code') throw new ProtocolError('unsupported_response_type', 'unsupported response_type requested');
  if (!mayUseGrant(client, 'authorization_code')) {
    throw new ProtocolError('unauthorized_client', 'requested response_type is not allowed for this client');
  }
  const mode = parameters.get('response_mode');
  if (mode !== undefined && !responseModes.includes(mode)) {
    throw new ProtocolError('unsupported_response_mode', 'unsupported response_mode requested');
  }
  const responseMode = answerMode(parameters, redirectUri);
  if (mode === 'form_post' && responseMode !== mode) {
    throw new ProtocolError('invalid_request', 'response_mode form_post needs an http(s) redirect_uri');
  }
  return { responseMode };
}
