import type { ApplicationType, Client, ClientSecret } from '../features/applications/applications/index.ts';
import type { Request } from '../http/index.ts';
import type { Clock } from '../kernel/clock.ts';
import { equalSecrets } from '../kernel/crypto.ts';
import type { OidcNeeds } from './needs.ts';
import type { Parameters } from './parameters.ts';
import { ProtocolError } from './protocol-error.ts';
import { givenSecret, sameClient } from './wire-quirks.ts';

export type GrantType =
  | 'authorization_code'
  | 'refresh_token'
  | 'client_credentials'
  | 'urn:ietf:params:oauth:grant-type:token-exchange';

const grantsOf: Record<ApplicationType, readonly GrantType[]> = {
  Native: ['authorization_code', 'refresh_token'],
  SPA: ['authorization_code', 'refresh_token'],
  Traditional: ['authorization_code', 'refresh_token'],
  Protected: ['authorization_code', 'refresh_token'],
  // Its codes come back to the server itself, which makes an assertion of them.
  SAML: ['authorization_code'],
  MachineToMachine: ['client_credentials'],
};

/** First-party applications may use token exchange if the operator enables it; third-party applications may not. */
export const mayUseGrant = (client: Client, grant: string): boolean =>
  grant === 'urn:ietf:params:oauth:grant-type:token-exchange'
    ? client.custom.allowTokenExchange === true && !client.isThirdParty
    : (grantsOf[client.type] as readonly string[]).includes(grant);

/** A public client (RFC 6749 section 2.1): it must use PKCE, and its refresh tokens rotate at every use. */
export const isPublic = (client: Client): boolean => client.type === 'Native' || client.type === 'SPA';

/** Seconds. */
export const refreshTokenTtl = ({ custom }: Client): number =>
  custom.refreshTokenTtlInDays !== undefined
    ? custom.refreshTokenTtlInDays * 86_400
    : (custom.refreshTokenTtl ?? 14 * 86_400);

export const idTokenTtl = ({ custom }: Client): number => custom.idTokenTtl ?? 3600;

/** An authenticated client. */
export interface AuthenticatedClient extends Client {
  /** Name of the presented secret, if it has one. */
  usedSecret?: string;
}

interface Credentials {
  clientId: string;
  /** The presented credentials; several decodings of one header count as one. */
  secrets: string[];
  mechanism: 'none' | 'basic' | 'post';
}

/**
 * Finds and authenticates the client of a request to a protocol endpoint (RFC 6749 section 2.3): `none` for public
 * clients, a secret in the header or in the body for the others.
 *
 * @throws ProtocolError `invalid_request` (400) for malformed, ambiguous or expired credentials, otherwise
 *   `invalid_client` (401)
 */
export async function authenticateClient(
  needs: Pick<OidcNeeds, 'applications' | 'clock'>,
  request: Request,
  parameters: Parameters,
): Promise<AuthenticatedClient> {
  const credentials = readCredentials(request, parameters);
  const client = await needs.applications.findClient(request.tenant, credentials.clientId);
  if (!client) throw new ProtocolError('invalid_client', 'client authentication failed');
  // A secret sent by a public client proves nothing and is ignored.
  if (isPublic(client)) return client;
  if (credentials.mechanism === 'none')
    throw new ProtocolError('invalid_client', 'this client must authenticate with its secret');
  const { name } = checkSecret(client, credentials.secrets, needs.clock);
  return name === undefined ? client : { ...client, usedSecret: name };
}

function readCredentials(request: Request, parameters: Parameters): Credentials {
  const header = readBasic(request.headers.authorization);
  const bodyId = parameters.get('client_id');
  const bodySecret = givenSecret(parameters.get('client_secret'));
  if (!sameClient(header?.clientId, bodyId)) {
    throw new ProtocolError('invalid_request', 'mismatch in body and authorization client ids');
  }
  if (parameters.has('client_assertion') || parameters.has('client_assertion_type')) {
    throw new ProtocolError('invalid_client', 'client assertions are not supported');
  }
  const clientId = header?.clientId ?? bodyId;
  if (!clientId) throw new ProtocolError('invalid_request', 'no client authentication mechanism provided');
  if (header && bodySecret !== undefined && !header.secrets.includes(bodySecret)) {
    throw new ProtocolError('invalid_request', 'client authentication must only be provided using one mechanism');
  }
  if (header) return { ...header, mechanism: 'basic' };
  if (bodySecret !== undefined) return { clientId, secrets: [bodySecret], mechanism: 'post' };
  return { clientId, secrets: [], mechanism: 'none' };
}

/** RFC 7617 with the form encoding of RFC 6749 section 2.3.1, which many clients omit: both decodings are tried. */
function readBasic(header: string | undefined): { clientId: string; secrets: string[] } | undefined {
  if (header === undefined) return undefined;
  const match = /^basic +([A-Za-z0-9+/_=-]+)$/i.exec(header);
  if (!match) throw new ProtocolError('invalid_request', 'invalid authorization header value format');
  const text = Buffer.from(match[1] as string, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1 || text.includes('\0'))
    throw new ProtocolError('invalid_request', 'invalid authorization header value format');
  const secret = text.slice(colon + 1);
  return { clientId: decodeForm(text.slice(0, colon)), secrets: [...new Set([secret, decodeForm(secret)])] };
}

function decodeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    // A bare percent sign: the client did not encode.
    return text;
  }
}

/** Compares with every secret in constant time. */
function checkSecret(client: Client, offered: readonly string[], clock: Clock): ClientSecret {
  let expired = false;
  for (const secret of client.secrets) {
    const matches = offered.filter((value) => equalSecrets(value, secret.value)).length > 0;
    if (!matches) continue;
    if (secret.expiresAt === undefined || secret.expiresAt > clock.now()) return secret;
    expired = true;
  }
  if (expired) throw new ProtocolError('invalid_request', 'client secret has expired');
  throw new ProtocolError('invalid_client', 'client authentication failed');
}
