/**
 * Enterprise providers that speak OpenID Connect: code flow with PKCE, state and nonce, ID token by the provider's keys
 * (issuer, audience, authorized party, times, algorithm), userinfo of the same subject. The protocol is the kit's.
 */
import { createOAuthConnector, protocolMetadata, type Session, type World, z } from '@aldaba/connectors/kit';
import { AldabaError } from '../../../kernel/errors.ts';
import type { SsoAnswer, SsoConnection } from './protocol.ts';
import type { OidcConfig } from './providers.ts';

const defaultScope = 'openid profile email';

/** The claims of one answer; of another type, one counts as absent. */
const text = z.string().optional().catch(undefined);
const claimsSchema = z.looseObject({
  sub: text,
  email: text,
  email_verified: z.union([z.boolean(), z.stringbool()]).optional().catch(undefined),
  name: text,
  picture: text,
  preferred_username: text,
});
type Claims = z.output<typeof claimsSchema>;
const told = z.object({ claims: claimsSchema, userinfo: claimsSchema.optional() });

/**
 * Claims of an ID token that say nothing about the person: of JWT and OpenID Connect, then of Entra ID and Keycloak.
 * They are neither stored nor mapped. Migration 0091 lists the same.
 */
const ofToken: ReadonlySet<string> = new Set(
  (
    'iss aud azp exp nbf iat jti nonce at_hash c_hash s_hash auth_time acr amr sid cnf ' +
    'aio rh uti ver xms_tpl typ session_state'
  ).split(' '),
);

/** Longest subject that is stored. */
const maximumSubject = 256;

/** A connector of the kit for one request: the login hint is among its parameters. */
const flowOf = (name: string, config: OidcConfig, loginHint?: string) =>
  createOAuthConnector({
    metadata: protocolMetadata({
      id: 'enterprise-oidc',
      name,
      logo: { letters: 'ID', background: '#000' },
      formItems: [],
    }),
    config: z.object({}),
    provider: () => ({
      endpoints: { discoverFrom: config.issuer },
      client: { id: config.clientId, secret: config.clientSecret },
      scope: scopeOf(config),
      idToken: {},
      readsUserinfo: true,
      parameters: {
        ...(loginHint === undefined ? {} : { login_hint: loginHint }),
        ...(config.prompt === undefined ? {} : { prompt: config.prompt }),
      },
    }),
    answers: told,
    toProfile: (answers) => ({ id: answers.claims.sub ?? '', rawData: answers }),
  });

/** `openid` makes it OpenID Connect. */
function scopeOf({ scope }: OidcConfig): string {
  const wanted = scope?.split(/\s+/).filter(Boolean) ?? [];
  if (wanted.length === 0) return defaultScope;
  return wanted.includes('openid') ? wanted.join(' ') : ['openid', ...wanted].join(' ');
}

export function createOidcConnection(
  { name, config, storesTokens }: { name: string; config: OidcConfig; storesTokens: boolean },
  world: World,
): SsoConnection {
  const instance = (loginHint?: string) => flowOf(name, config, loginHint).create({}, world);
  return {
    answersServer: false,
    begin: async ({ state, redirectUri, loginHint }, session) => ({
      redirectUrl: await instance(loginHint).getAuthorizationUri(
        { state, redirectUri, connectorId: '', jti: '' },
        { session },
      ),
    }),
    refresh: (refreshToken) => instance().getAccessTokenByRefreshToken(refreshToken, {}),
    async finish(data, session: Session) {
      const { userInfo, tokenResponse } = await instance().getTokenResponseAndUserInfo(data, { session });
      const answer = answerOf(told.parse(userInfo.rawData), config);
      return { ...answer, tokens: storesTokens ? tokenResponse : undefined };
    },
  };
}

function answerOf({ claims, userinfo }: z.output<typeof told>, config: OidcConfig): SsoAnswer {
  const { iss, sid, azp = config.clientId } = claims as { iss?: unknown; sid?: unknown; azp?: unknown };
  const id = claims.sub ?? '';
  // Issued to another client, also if it is meant for this one (OpenID Connect Core section 3.1.3.7).
  if (azp !== config.clientId) throw new AldabaError('connector.social_invalid_id_token', { check: 'azp' });
  if (typeof iss !== 'string' || id === '' || id.length > maximumSubject)
    throw new AldabaError('connector.social_invalid_id_token');
  // The address and what is said about it come from one answer.
  const addressed: Claims | undefined = userinfo?.email === undefined ? claims : userinfo;
  const merged = { ...claims, ...userinfo };
  return {
    issuer: iss,
    id,
    email: addressed.email,
    isEmailVerified: addressed.email_verified === true || config.trustUnverifiedEmail === true,
    name: merged.name,
    avatar: merged.picture,
    attributes: Object.fromEntries(Object.entries(merged).filter(([name]) => !ofToken.has(name))),
    sessionId: typeof sid === 'string' ? sid : undefined,
  };
}
