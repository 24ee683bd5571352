import { z } from 'zod';
import { route } from './route.ts';
import { userAgentParsedSchema } from './user-agents.ts';
import { instant, pathId } from './values.ts';

const second = z.number().int().describe('Seconds since the epoch.');

/** How a person signed in: what the sign-in was for and what they proved. No passwords and no codes. */
export const submissionSchema = z.object({
  interactionEvent: z.enum(['SignIn', 'Register', 'ForgotPassword']),
  userId: z.string(),
  verificationRecords: z.array(z.looseObject({ id: z.string(), type: z.string() })),
  signInContext: z
    .record(z.string(), z.string())
    .optional()
    .describe('Data of a trusted proxy: country, city, latitude, longitude, botScore, botVerified.'),
});
export type Submission = z.output<typeof submissionSchema>;

/** From where the user signed in last; null where it is not known. */
export const browserFields = {
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  userAgentParsed: userAgentParsedSchema.optional(),
};

/** A browser in which a user is signed in. */
export const userSessionSchema = z.object({
  payload: z.object({
    exp: second,
    iat: second,
    jti: z.string(),
    uid: z.string().describe('The session ID, which is `sid` in ID tokens.'),
    kind: z.literal('Session'),
    loginTs: second.describe('Time of the last authentication of the user.'),
    accountId: z.string(),
    authorizations: z
      .record(z.string(), z.object({ sid: z.string(), grantId: z.string(), persistsLogout: z.boolean() }))
      .describe('By application; persistsLogout is true if its tokens stay valid when the session ends.'),
  }),
  lastSubmission: submissionSchema.nullable().describe('The last sign-in in this browser; null when it is not known.'),
  clientId: z.string().nullable().describe('The application that last used the session.'),
  lastActiveAt: instant.describe(
    'The last sign-in, authorization or refresh of a token in the session, to about a minute.',
  ),
  accountId: z.string().nullable(),
  expiresAt: instant,
  ...browserFields,
});
export type UserSession = z.output<typeof userSessionSchema>;

/** What a user allowed an application. */
export const userGrantSchema = z.object({
  id: z.string(),
  payload: z.object({
    exp: second,
    iat: second,
    jti: z.string(),
    kind: z.literal('Grant'),
    clientId: z.string(),
    accountId: z.string(),
  }),
  expiresAt: instant,
  application: z.object({ id: z.string(), name: z.string() }),
});
export type UserGrant = z.output<typeof userGrantSchema>;

const tag = 'Users';
const access = 'management';
const params = z.object({ userId: pathId });
const ofSession = params.extend({ sessionId: pathId });

export const listUserSessions = route({
  method: 'GET',
  path: '/api/users/:userId/sessions',
  operationId: 'ListUserSessions',
  tag,
  access,
  summary: 'List the sessions of a user',
  params,
  responses: { 200: z.object({ sessions: z.array(userSessionSchema) }) },
});
export const getUserSession = route({
  method: 'GET',
  path: '/api/users/:userId/sessions/:sessionId',
  operationId: 'GetUserSession',
  tag,
  access,
  summary: 'Get a session of a user',
  params: ofSession,
  responses: { 200: userSessionSchema },
  errors: ['oidc.session_not_found'],
});
export const deleteUserSession = route({
  method: 'DELETE',
  path: '/api/users/:userId/sessions/:sessionId',
  operationId: 'DeleteUserSession',
  tag,
  access,
  summary: 'End a session of a user',
  params: ofSession,
  query: z
    .object({
      revokeGrantsTarget: z
        .enum(['all', 'firstParty'])
        .describe('Applications whose offline_access grants are revoked as well.'),
    })
    .partial(),
  responses: { 204: null },
  errors: ['oidc.session_not_found'],
});
export const listUserGrants = route({
  method: 'GET',
  path: '/api/users/:userId/grants',
  operationId: 'ListUserGrants',
  tag,
  access,
  summary: 'List what a user allowed applications',
  params,
  query: z.object({ appType: z.enum(['firstParty', 'thirdParty']) }).partial(),
  responses: { 200: z.object({ grants: z.array(userGrantSchema) }) },
});
export const deleteUserGrant = route({
  method: 'DELETE',
  path: '/api/users/:userId/grants/:grantId',
  operationId: 'DeleteUserGrant',
  tag,
  access,
  summary: 'Revoke what a user allowed an application, with all its tokens',
  params: params.extend({ grantId: pathId }),
  responses: { 204: null },
  errors: ['oidc.invalid_grant'],
  statuses: { 'oidc.invalid_grant': 404 },
});
