import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Audit } from '../../../kernel/audit.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Fetch } from '../../../kernel/outbound.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { SsoIdentities } from '../../people/sso-identities/index.ts';
import type { SignedOut, SsoConnectors } from '../sso-connectors/index.ts';

interface SsoLogoutNeeds {
  clock: Clock;
  outbound: Fetch;
  logs: Audit;
  ssoConnectors: Pick<SsoConnectors, 'publishedBy' | 'useId' | 'connection'>;
  ssoIdentities: Pick<SsoIdentities, 'endSessions'>;
}

export interface SsoLogout {
  /**
   * Ends the sessions and grants of the users whom a logout token names: by the provider's session, or all of a person.
   * @throws AldabaError `entity.not_found`, `single_sign_on.logout_token_invalid`
   */
  receive: (tenant: Tenant, connectorId: string, token: string) => Promise<void>;
  /**
   * The same by a SAML logout request. Returns the response to the provider, if it names an address for it.
   * @throws AldabaError as `receive`
   */
  receiveSaml: (
    tenant: Tenant,
    connectorId: string,
    request: { message: { query: string } | { field: string }; relayState: string | undefined },
  ) => Promise<SignedOut['response']>;
}

const algorithms = ['RS256', 'ES256', 'PS256'];
const event = 'http://schemas.openid.net/event/backchannel-logout';
/** Names of a token's type, in lowercase; older providers name none, or the general one. */
const types = [undefined, 'logout+jwt', 'application/logout+jwt', 'jwt'];
const name = z.string().min(1).max(256);
/** What a logout token says beyond issuer, audience and times (section 2.4). */
const logoutSchema = z
  .object({
    iss: z.string(),
    jti: name,
    sub: name.optional(),
    sid: name.optional(),
    events: z.object({ [event]: z.object({}) }),
    // A nonce would let an ID token pass for a logout token.
    nonce: z.never().optional(),
  })
  .refine(({ sub, sid }) => (sub ?? sid) !== undefined);
/** Seconds that a token counts after it was issued, and that the clocks may differ. */
const maximumAge = 300;
const tolerance = 60;
/** Key sets that are kept; the library fetches one again for an unknown key, at most every 30 s. */
const maximumKept = 500;

export function createSsoLogout(needs: SsoLogoutNeeds): SsoLogout {
  const { clock, outbound, logs, ssoConnectors, ssoIdentities } = needs;
  const keySets = new Map<string, ReturnType<typeof createRemoteJWKSet>>();
  const keysAt = (address: string) => {
    const keys = keySets.get(address) ?? createRemoteJWKSet(new URL(address), { [customFetch]: outbound });
    keySets.set(address, keys);
    if (keySets.size > maximumKept) keySets.delete(keySets.keys().next().value as string);
    return keys;
  };
  const verify = async (token: string, { issuer, clientId, jwksUri }: Published): Promise<JWTPayload> => {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keysAt(jwksUri), {
        issuer,
        audience: clientId,
        algorithms,
        requiredClaims: ['exp'],
        // Requires `iat`.
        maxTokenAge: maximumAge,
        clockTolerance: tolerance,
        currentDate: new Date(clock.now()),
      });
      // A token of another kind is not a logout token, whatever its claims (RFC 8725 section 3.11).
      if (!types.includes(protectedHeader.typ?.toLowerCase())) throw new TypeError('a token of another type');
      return payload;
    } catch (error) {
      if (!(error instanceof errors.JOSEError) && !(error instanceof TypeError)) throw error;
      throw new AldabaError('single_sign_on.logout_token_invalid', undefined, { cause: error });
    }
  };
  const end = async (tenant: Tenant, connectorId: string, payload: JWTPayload) => {
    const { success, data } = logoutSchema.safeParse(payload);
    if (!success) throw new AldabaError('single_sign_on.logout_token_invalid');
    const { jti, iss: issuer, sub: identityId, sid: sessionId } = data;
    return tenant.db.transaction(async (tx) => {
      const until = clock.now() + (maximumAge + 2 * tolerance) * 1000;
      if (!(await ssoConnectors.useId(tx, connectorId, `logout ${jti}`, until)))
        throw new AldabaError('single_sign_on.logout_token_invalid');
      return ssoIdentities.endSessions(tx, connectorId, { issuer, identityId, sessionId });
    });
  };
  /** Notes whose sessions ended, or why none did. */
  const noting = async <Result>(
    { id }: Tenant,
    connectorId: string,
    work: () => Promise<{ users: readonly string[]; result: Result }>,
  ): Promise<Result> => {
    const key = 'Account.SsoLogout';
    try {
      const { users, result } = await work();
      for (const userId of users) logs.write(id, { key, result: 'Success', userId, params: { connectorId } });
      return result;
    } catch (error) {
      logs.write(id, { key, result: 'Error', error, params: { connectorId } });
      throw error;
    }
  };
  return {
    async receive(tenant, connectorId, token) {
      const published = await ssoConnectors.publishedBy(tenant, connectorId);
      await noting(tenant, connectorId, async () => ({
        users: await end(tenant, connectorId, await verify(token, published)),
        result: undefined,
      }));
    },
    async receiveSaml(tenant, connectorId, { message, relayState }) {
      const connection = await ssoConnectors.connection(tenant, connectorId);
      const { signOut } = connection ?? {};
      if (!signOut) throw new AldabaError('entity.not_found');
      return noting(tenant, connectorId, async () => {
        const { issuer, id: identityId, sessionIds, response } = await signOut(message, relayState);
        const users = await tenant.db.transaction(async (tx) => {
          const bySession = sessionIds.map((sessionId) => ({ issuer, sessionId }));
          const ended: string[] = [];
          for (const by of bySession.length > 0 ? bySession : [{ issuer, identityId }])
            ended.push(...(await ssoIdentities.endSessions(tx, connectorId, by)));
          return [...new Set(ended)];
        });
        return { users, result: response };
      });
    },
  };
}

type Published = Awaited<ReturnType<SsoConnectors['publishedBy']>>;
