/**
 * Social connectors for OAuth 2.0 and OpenID Connect providers, made from data: where the endpoints are, what is asked
 * for, and how the provider's answer becomes a profile. The protocol itself (PKCE, state, nonce, code exchange, ID
 * token, refresh) is written once, here, on oauth4webapi; every request goes through the `fetch` of the connector's
 * world.
 */
import type { z } from 'zod';
import { type Call, type Connector, defineConnector, type SocialUserInfo } from './connector.ts';
import { ConnectorError } from './errors.ts';
import type { ConnectorMetadata } from './metadata.ts';
import { createFlow, type Exchange } from './oauth-flow.ts';
import type { OAuthProvider } from './oauth-provider.ts';
import { readAnswer } from './request.ts';

/** Who a user is, as a mapping reads it: what is empty or absent is left out. */
export interface MappedProfile {
  readonly id: string;
  readonly email?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly avatar?: string | null | undefined;
  /** What is kept of the provider's answers; all of them, by name, if left out. */
  readonly rawData?: unknown;
}

export interface OAuthDefinition<Config extends z.ZodType, Answers extends z.ZodType> {
  readonly metadata: ConnectorMetadata;
  readonly config: Config;
  readonly provider: (config: z.output<Config>) => OAuthProvider;
  /** The shape of the answers by name: `claims`, `userinfo`, and those of `profile`. */
  readonly answers: Answers;
  /** `callback`: what the browser brought back from the authorization endpoint; the provider vouches for none of it. */
  readonly toProfile: (
    answers: z.output<Answers>,
    config: z.output<Config>,
    callback: Readonly<Record<string, string>>,
  ) => MappedProfile;
}

/** Leaves out what is empty. What the provider said is kept as it came: the answers by name, or the only one. */
const toUserInfo = ({ id, rawData, ...told }: MappedProfile, answers: Exchange['answers']): SocialUserInfo => {
  const values = Object.values(answers);
  return {
    id,
    ...Object.fromEntries(Object.entries(told).filter(([, value]) => Boolean(value))),
    rawData: rawData ?? (values.length === 1 ? values[0] : answers),
  };
};

/**
 * Makes a social connector out of data.
 * @throws ConnectorError `invalid_metadata`
 */
export const createOAuthConnector = <Config extends z.ZodType, Answers extends z.ZodType>(
  definition: OAuthDefinition<Config, Answers>,
): Connector => {
  const { metadata, config } = definition;
  const name = metadata.name.en;
  return defineConnector({
    metadata,
    config,
    create: (settings, world) => {
      const flow = createFlow({ provider: definition.provider(settings), name, world });
      const signIn = async (data: unknown, call: Call) => {
        const { tokens, answers, callback } = await flow.redeem(data, call);
        const profile = definition.toProfile(readAnswer(definition.answers, answers, name), settings, callback);
        if (profile.id === '')
          throw new ConnectorError('invalid_response', { message: `${name} sent no ID of the user` });
        return { tokenResponse: tokens, userInfo: toUserInfo(profile, answers) };
      };
      return {
        getAuthorizationUri: flow.authorizationUri,
        getUserInfo: async (data, call) => (await signIn(data, call)).userInfo,
        ...(metadata.isTokenStorageSupported
          ? { getTokenResponseAndUserInfo: signIn, getAccessTokenByRefreshToken: flow.refresh }
          : {}),
      };
    },
  });
};
