/**
 * Social connectors for OAuth 2.0 and OpenID Connect providers, made from data: where the endpoints are, what is asked
 * for, and how the provider's answer becomes a profile. The protocol itself (PKCE, state, nonce, code exchange, ID
 * token, refresh) is written once, here, on oauth4webapi; every request goes through the `fetch` of the connector's
 * world.
 */
import type { z } from 'zod';
import { type Call, type Connector, defineConnector } from './connector.ts';
import type { ConnectorMetadata } from './metadata.ts';
import { createFlow } from './oauth-flow.ts';
import type { OAuthProvider } from './oauth-provider.ts';
import { type MappedProfile, toUserInfo } from './profile.ts';
import { readAnswer } from './request.ts';

export interface OAuthDefinition<Config extends z.ZodType, Answers extends z.ZodType> {
  readonly metadata: ConnectorMetadata;
  readonly config: Config;
  readonly provider: (config: z.output<Config>) => OAuthProvider;
  /** The shape of the answers by name: `claims`, `userinfo`, and those of `profile`. */
  readonly answers: Answers;
  /** Whether an ID token alone signs in (One Tap): its claims take the place of `userinfo`. */
  readonly takesIdTokens?: boolean;
  /** `callback`: what the browser brought back from the authorization endpoint; the provider vouches for none of it. */
  readonly toProfile: (
    answers: z.output<Answers>,
    config: z.output<Config>,
    callback: Readonly<Record<string, string>>,
  ) => MappedProfile;
}

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
        return { tokenResponse: tokens, userInfo: toUserInfo(name, profile, answers) };
      };
      return {
        getAuthorizationUri: flow.authorizationUri,
        getUserInfo: async (data, call) => (await signIn(data, call)).userInfo,
        ...(definition.takesIdTokens
          ? {
              getUserInfoByIdToken: async (given, call) => {
                const answers = { userinfo: await flow.claimsOf(given, call) };
                const profile = definition.toProfile(readAnswer(definition.answers, answers, name), settings, {});
                return toUserInfo(name, profile, answers);
              },
            }
          : {}),
        ...(metadata.isTokenStorageSupported
          ? { getTokenResponseAndUserInfo: signIn, getAccessTokenByRefreshToken: flow.refresh }
          : {}),
      };
    },
  });
};
