import type { Client } from '../../features/applications/index.ts';
import { mayUseGrant } from '../clients.ts';
import { ProtocolError } from '../errors.ts';
import type { Parameters } from '../parameters.ts';
import type { ResponseMode } from './request.ts';

const responseModes: readonly string[] = ['query', 'fragment', 'form_post'];

/** Request objects (OpenID Connect Core section 6) and registration in the request are not offered: each has its own error. */
export function refuseRequestObjects(parameters: Parameters): void {
  if (parameters.has('request')) throw new ProtocolError('request_not_supported', 'request parameter is not supported');
  if (parameters.has('request_uri'))
    throw new ProtocolError('request_uri_not_supported', 'request_uri parameter is not supported');
  if (parameters.has('registration'))
    throw new ProtocolError('registration_not_supported', 'registration parameter is not supported');
}

/** How to answer, also with an error: what the client asked for, or the default when that makes no sense. */
export function answerMode(parameters: Parameters, redirectUri: string): ResponseMode {
  const mode = parameters.get('response_mode') ?? '';
  if (mode === 'form_post' && !/^https?:/i.test(redirectUri)) return 'query';
  return responseModes.includes(mode) ? (mode as ResponseMode) : 'query';
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
