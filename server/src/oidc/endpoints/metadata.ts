import { createHash } from 'node:crypto';
import { signingAlgorithmSchema } from '@aldaba/contract';
import { chooseCoding, compress } from '../../http/coding.ts';
import { matchesEtag } from '../../http/conditional.ts';
import type { Reply, Request } from '../../http/types.ts';
import type { Tenant } from '../../tenancy/index.ts';
import { supportedAcrValues } from '../acr.ts';
import { prompts } from '../authorize/prompt.ts';
import { supportedClaims, supportedScopes } from '../claims.ts';
import { allowAnyOrigin } from '../cors.ts';
import type { KeyRing, Keys } from '../keys.ts';
import { grantTypes } from '../token/index.ts';

/** The discovery document (OpenID Connect Discovery 1.0 section 3, RFC 8414): only what this server supports. */
function describe(tenant: Tenant, ring: KeyRing): object {
  const { issuer } = tenant;
  return {
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/me`,
    jwks_uri: `${issuer}/jwks`,
    end_session_endpoint: `${issuer}/session/end`,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    revocation_endpoint: `${issuer}/token/revocation`,
    introspection_endpoint: `${issuer}/token/introspection`,
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    grant_types_supported: grantTypes,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: signingAlgorithmSchema.options.filter((name) => ring.signers.has(name)),
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
    scopes_supported: supportedScopes,
    claims_supported: supportedClaims,
    claim_types_supported: ['normal'],
    prompt_values_supported: prompts,
    authorization_response_iss_parameter_supported: true,
    claims_parameter_supported: true,
    acr_values_supported: supportedAcrValues,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
  };
}

interface Document {
  type: string;
  cacheControl: string;
  plain: Buffer;
  zipped: Buffer;
  etag: string;
}

interface Documents {
  discovery: Document;
  jwks: Document;
}

export type DocumentName = keyof Documents;

async function makeDocument(value: object, type: string, cacheControl: string): Promise<Document> {
  const plain = Buffer.from(JSON.stringify(value));
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 27)}"`;
  return { type, cacheControl, plain, zipped: await compress(plain), etag };
}

/** Serves discovery and the key set from bytes that are generated once per state of a tenant's keys. */
export function createMetadata(keys: Keys): (name: DocumentName, request: Request, reply: Reply) => Promise<void> {
  // The key ring is a new object whenever a key changes, so cached documents are never stale.
  const made = new WeakMap<KeyRing, Promise<Documents>>();
  const make = async (tenant: Tenant, ring: KeyRing): Promise<Documents> => ({
    discovery: await makeDocument(describe(tenant, ring), 'application/json; charset=utf-8', 'no-cache'),
    jwks: await makeDocument(
      { keys: ring.publicJwks },
      'application/jwk-set+json; charset=utf-8',
      'no-cache, max-age=0, must-revalidate',
    ),
  });
  return async (name, request, reply) => {
    const ring = await keys.ring(request.tenant);
    let documents = made.get(ring);
    if (!documents) {
      documents = make(request.tenant, ring);
      made.set(ring, documents);
    }
    sendDocument((await documents)[name], request, reply);
  };
}

function sendDocument(document: Document, request: Request, reply: Reply): void {
  allowAnyOrigin(reply);
  reply.header('cache-control', document.cacheControl).header('etag', document.etag).header('vary', 'Accept-Encoding');
  if (matchesEtag(request, document.etag)) {
    reply.code(304).send();
    return;
  }
  reply.header('content-type', document.type);
  if (chooseCoding(request, ['gzip'])) {
    reply.header('content-encoding', 'gzip').send(document.zipped);
  } else reply.send(document.plain);
}
