import {
  type AuthorizationServer,
  allowInsecureRequests,
  customFetch,
  discoveryRequest,
  type JWKSCacheInput,
  OperationProcessingError,
  processDiscoveryResponse,
} from 'oauth4webapi';
import { ConnectorError } from './errors.ts';
import { type Journey, networkFor } from './oauth-network.ts';

/** Where a provider's endpoints are: known beforehand, or found under its issuer (OpenID Connect Discovery 1.0). */
export interface OAuthEndpoints {
  readonly authorization?: string | undefined;
  readonly token?: string | undefined;
  readonly userinfo?: string | undefined;
  /** The keys that sign ID tokens. */
  readonly keys?: string | undefined;
  /** Asked for what is not given above. */
  readonly discoverFrom?: string | undefined;
}

/** Milliseconds that discovered endpoints are kept. */
const discoveryLife = 600_000;
/** Issuers, and key sets, that are kept for one network. */
const maximumKept = 500;

interface Kept {
  readonly discovered: Map<string, { server: AuthorizationServer; until: number }>;
  readonly keys: Map<string, JWKSCacheInput>;
}

/**
 * What was learnt, by the network that it was learnt through: what the stand-ins of a sandbox say must never count for
 * connectors that talk to the world.
 */
const keptByNetwork = new WeakMap<typeof globalThis.fetch, Kept>();

const keptOf = ({ world }: Journey): Kept => {
  const kept = keptByNetwork.get(world.fetch) ?? { discovered: new Map(), keys: new Map() };
  keptByNetwork.set(world.fetch, kept);
  return kept;
};

const keep = <Value>(map: Map<string, Value>, key: string, value: Value): Value => {
  map.set(key, value);
  if (map.size > maximumKept) map.delete(map.keys().next().value as string);
  return value;
};

/** oauth4webapi keeps the keys in here for five minutes; for an unknown `kid` it fetches them again after one. */
export const keyCacheOf = (journey: Journey, server: AuthorizationServer): JWKSCacheInput => {
  const { keys } = keptOf(journey);
  const address = server.jwks_uri ?? '';
  return keys.get(address) ?? keep(keys, address, {});
};

/**
 * Whether requests may go to http addresses: only when the operator configured one. Discovery must not lead from https
 * to http.
 */
export const allowsInsecure = ({ authorization, token, userinfo, keys, discoverFrom }: OAuthEndpoints): boolean =>
  [authorization, token, userinfo, keys, discoverFrom].some((address) => address?.startsWith('http:'));

const discover = async (journey: Journey, issuer: string, insecure: boolean): Promise<AuthorizationServer> => {
  const { discovered } = keptOf(journey);
  const known = discovered.get(issuer);
  if (known && known.until > journey.world.now()) return known.server;
  const response = await discoveryRequest(new URL(issuer), {
    [customFetch]: networkFor(journey, 'discovery'),
    [allowInsecureRequests]: insecure,
  });
  try {
    const server = await processDiscoveryResponse(new URL(issuer), response);
    return keep(discovered, issuer, { server, until: journey.world.now() + discoveryLife }).server;
  } catch (error) {
    if (!(error instanceof OperationProcessingError)) throw error;
    const message = `The discovery document of ${journey.provider} is of another issuer, or incomplete`;
    throw new ConnectorError('invalid_response', { message });
  }
};

/** @throws ConnectorError `invalid_response` when the provider's discovery document is not usable */
export const findServer = async (journey: Journey, endpoints: OAuthEndpoints): Promise<AuthorizationServer> => {
  const { authorization, token, userinfo, keys, discoverFrom } = endpoints;
  const isComplete = [authorization, token, keys].every((address) => address !== undefined);
  const found: AuthorizationServer =
    discoverFrom === undefined || isComplete
      ? // The library wants an issuer of every server; where none is known, nothing is compared with this one.
        { issuer: discoverFrom ?? token ?? '' }
      : await discover(journey, discoverFrom, allowsInsecure(endpoints));
  return {
    ...found,
    ...(authorization === undefined ? {} : { authorization_endpoint: authorization }),
    ...(token === undefined ? {} : { token_endpoint: token }),
    ...(userinfo === undefined ? {} : { userinfo_endpoint: userinfo }),
    ...(keys === undefined ? {} : { jwks_uri: keys }),
  };
};

/**
 * An endpoint's address, before it is used.
 * @throws ConnectorError `invalid_response` for one that is missing, no web address, or http although https was
 * configured
 */
export const addressOf = (
  journey: Journey,
  endpoints: OAuthEndpoints,
  address: string | undefined,
  name: string,
): URL => {
  const url = address === undefined || !URL.canParse(address) ? undefined : new URL(address);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && allowsInsecure(endpoints))) return url;
  throw new ConnectorError('invalid_response', { message: `${journey.provider} names no usable ${name}` });
};
