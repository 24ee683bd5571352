/** What an OpenID Connect provider publishes about itself, read when an operator saves its configuration. */
import { providerUrl, z } from '@aldaba/connectors/kit';
import type { Clock } from '../../../kernel/clock.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Fetch } from '../../../kernel/outbound.ts';

const published = z.looseObject({
  issuer: z.string(),
  authorization_endpoint: providerUrl,
  token_endpoint: providerUrl,
  userinfo_endpoint: providerUrl.optional(),
  jwks_uri: providerUrl,
});

export interface ProviderMetadata {
  issuer: string;
  authorizationEndpoint: string;
  tokenEndpoint: string;
  userinfoEndpoint?: string | undefined;
  jwksUri: string;
}

/** The address of the discovery document (OpenID Connect Discovery 1.0 section 4.1). */
const addressOf = (issuer: string): string => `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;

const refused = (message: string) =>
  new AldabaError('connector.invalid_config', { problems: [{ path: 'issuer', message }] });

/**
 * The endpoints of an issuer.
 * @throws AldabaError `connector.invalid_config`, naming the issuer, when there is no usable document under it
 */
export async function discover(outbound: Fetch, issuer: string): Promise<ProviderMetadata> {
  const response = await outbound(addressOf(issuer), { headers: { accept: 'application/json' } }).catch(
    (error: unknown) => {
      throw error instanceof Error ? refused(`The discovery document cannot be read: ${error.message}`) : error;
    },
  );
  if (!response.ok) throw refused(`The discovery document cannot be read: HTTP ${response.status}`);
  const body: unknown = await response.json().catch(() => undefined);
  const { success, data } = published.safeParse(body);
  if (!success) throw refused('The discovery document lacks an endpoint that sign-in needs');
  // OpenID Connect Discovery 1.0 section 4.3: exactly the same.
  if (data.issuer !== issuer) throw refused(`The discovery document is of the issuer ${data.issuer.slice(0, 200)}`);
  return {
    issuer: data.issuer,
    authorizationEndpoint: data.authorization_endpoint,
    tokenEndpoint: data.token_endpoint,
    userinfoEndpoint: data.userinfo_endpoint,
    jwksUri: data.jwks_uri,
  };
}

/** Milliseconds that discovered endpoints are kept, and issuers that they are kept of. */
const life = 600_000;
const maximumKept = 500;

/** The same, from memory for 10 minutes: a caller without a credential must not cause a request each time. */
export function rememberDiscovery(outbound: Fetch, { now }: Clock): (issuer: string) => Promise<ProviderMetadata> {
  const kept = new Map<string, { metadata: Promise<ProviderMetadata>; until: number }>();
  return (issuer) => {
    const known = kept.get(issuer);
    if (known && known.until > now()) return known.metadata;
    const metadata = discover(outbound, issuer);
    kept.set(issuer, { metadata, until: now() + life });
    if (kept.size > maximumKept) kept.delete(kept.keys().next().value as string);
    // A failure is asked again after a while.
    metadata.catch(() => kept.set(issuer, { metadata, until: now() + 10_000 }));
    return metadata;
  };
}
