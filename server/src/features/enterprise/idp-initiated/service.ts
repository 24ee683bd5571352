import type { BodyOf, IdpInitiatedAuthConfig, setIdpInitiatedAuthConfig } from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import { hashToken, type Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { opaqueToken } from '../../../kernel/ids.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { Applications, Client } from '../../applications/applications/index.ts';
import type { SsoAnswer, SsoConnectors } from '../sso-connectors/index.ts';
import * as store from './store.ts';

interface IdpInitiatedNeeds {
  clock: Clock;
  vault: Vault;
  applications: Pick<Applications, 'findClient'>;
  ssoConnectors: Pick<SsoConnectors, 'signingKeys' | 'connection'>;
}

export interface IdpInitiated {
  /** @throws AldabaError `entity.not_found`, `single_sign_on.saml_only` */
  get: (tenant: Tenant, connectorId: string) => Promise<IdpInitiatedAuthConfig>;
  /** @throws AldabaError as `get`, `single_sign_on.idp_initiated_…` */
  set: (
    tenant: Tenant,
    connectorId: string,
    config: BodyOf<typeof setIdpInitiatedAuthConfig>,
  ) => Promise<IdpInitiatedAuthConfig>;
  remove: (tenant: Tenant, connectorId: string) => Promise<void>;
  /**
   * A response without a request. Returns the secret that the browser keeps, and where it goes on.
   * @throws AldabaError `single_sign_on.idp_initiated_authentication_not_supported` unless the operator allows it, and
   *   what the connection refuses with
   */
  receive: (tenant: Tenant, connectorId: string, response: string) => Promise<{ secret: string; redirectTo: string }>;
  /** What was received, once; undefined if there is nothing. */
  take: (tenant: Tenant, connectorId: string, secret: string) => Promise<SsoAnswer | undefined>;
}

/** Seconds from the provider's page to the sign-in that takes the answer. */
const initiatedAge = 180;

export function createIdpInitiated({ clock, vault, applications, ssoConnectors }: IdpInitiatedNeeds): IdpInitiated {
  const contextOf = (tenant: Tenant, idHash: string) => `${tenant.id}/idp-initiated/${idHash}`;
  const require = async (tenant: Tenant, connectorId: string) => {
    const config = await store.findConfig(tenant.db, connectorId);
    if (!config) throw new AldabaError('entity.not_found');
    return config;
  };
  const get: IdpInitiated['get'] = async (tenant, connectorId) => {
    await ssoConnectors.signingKeys(tenant, connectorId);
    return require(tenant, connectorId);
  };
  return {
    get,
    async set(tenant, connectorId, given) {
      await ssoConnectors.signingKeys(tenant, connectorId);
      const { defaultApplicationId, redirectUri = null, clientIdpInitiatedAuthCallbackUri = null, ...rest } = given;
      const config = { ...rest, defaultApplicationId, redirectUri, clientIdpInitiatedAuthCallbackUri };
      requireUsable(await applications.findClient(tenant, defaultApplicationId), config);
      await store.upsertConfig(tenant.db, connectorId, { ...config, now: new Date(clock.now()) });
      return require(tenant, connectorId);
    },
    async remove(tenant, connectorId) {
      await ssoConnectors.signingKeys(tenant, connectorId);
      if ((await store.deleteConfig(tenant.db, connectorId)) === 0) throw new AldabaError('entity.not_found');
    },
    async receive(tenant, connectorId, response) {
      const config = await store.findConfig(tenant.db, connectorId);
      const client = config && (await applications.findClient(tenant, config.defaultApplicationId));
      const connection = client && (await ssoConnectors.connection(tenant, connectorId));
      if (!connection?.receive || !client)
        throw new AldabaError('single_sign_on.idp_initiated_authentication_not_supported');
      // The application may have changed since.
      requireUsable(client, config);
      const answer = await connection.receive(response);
      const secret = opaqueToken();
      const idHash = hashToken(secret);
      await store.insertSession(tenant.db, {
        idHash,
        connectorId,
        answerSealed: vault.seal(JSON.stringify(answer), contextOf(tenant, idHash)),
        expiresAt: new Date(clock.now() + initiatedAge * 1000),
      });
      return { secret, redirectTo: onwards(tenant, client, config) };
    },
    async take(tenant, connectorId, secret) {
      const idHash = hashToken(secret);
      const sealed = await store.takeSession(tenant.db, { idHash, connectorId, now: new Date(clock.now()) });
      return sealed === undefined ? undefined : JSON.parse(vault.open(sealed, contextOf(tenant, idHash)));
    },
  };
}

type Config = Omit<IdpInitiatedAuthConfig, 'tenantId' | 'connectorId' | 'createdAt'>;

/** @throws AldabaError `single_sign_on.idp_initiated_…` */
function requireUsable(client: Client | undefined, config: Config): void {
  const {
    redirectUri,
    autoSendAuthorizationRequest: isAutomatic,
    clientIdpInitiatedAuthCallbackUri: callback,
  } = config;
  const types: readonly unknown[] = isAutomatic ? ['Traditional'] : ['Traditional', 'SPA'];
  if (!client || client.isThirdParty || !types.includes(client.type))
    throw new AldabaError('single_sign_on.idp_initiated_authentication_invalid_application_type');
  const uris = client.redirectUris;
  if (redirectUri !== null ? !uris.includes(redirectUri) : uris.length === 0)
    throw new AldabaError('single_sign_on.idp_initiated_authentication_redirect_uri_not_registered');
  // Parsed and compared by origin: the browser is sent there.
  const origins = uris.filter((uri) => URL.canParse(uri)).map((uri) => new URL(uri).origin);
  if (!isAutomatic && (callback === null || !origins.includes(new URL(callback).origin)))
    throw new AldabaError('single_sign_on.idp_initiated_authentication_client_callback_uri_not_found');
}

/** The authorization request, or the page of the application that sends it. */
function onwards({ baseUrl }: Tenant, client: Client, config: IdpInitiatedAuthConfig): string {
  const { connectorId, clientIdpInitiatedAuthCallbackUri: callback } = config;
  if (!config.autoSendAuthorizationRequest && callback !== null) {
    const url = new URL(callback);
    url.searchParams.set('ssoConnectorId', connectorId);
    return url.href;
  }
  const parameters = new URLSearchParams({
    scope: 'openid profile email',
    ...config.authParameters,
    client_id: client.id,
    redirect_uri: config.redirectUri ?? client.redirectUris[0] ?? '',
    response_type: 'code',
    direct_sign_in: `sso:${connectorId}`,
    // Someone else may be signed in here: the person whom the provider named is who signs in.
    prompt: 'login',
  });
  return `${baseUrl}/oidc/auth?${parameters}`;
}
