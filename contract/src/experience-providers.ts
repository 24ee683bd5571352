import { z } from 'zod';
import { route } from './route.ts';
import { jsonObject, pathId } from './values.ts';

/* Providers in the Experience API, social and enterprise ones: a custom page keeps the `state` itself. */

const tag = 'Experience';
const access = 'interaction';
const verificationId = z.string().min(1).max(128);
const verified = z.object({ verificationId: z.string() });
/** Names of a provider's parameters are not ours to choose; what they mean is checked by the connector. */
const connectorData = jsonObject;
const redirectUri = z.url().max(2048);
const common = ['session.not_found', 'session.interaction_not_found', 'request.cross_site'] as const;

const connectorParams = z.object({ connectorId: pathId });
export const createSocialAuthorizationUri = route({
  method: 'POST',
  path: '/api/experience/verification/social/:connectorId/authorization-uri',
  operationId: 'CreateSocialVerification',
  tag,
  access,
  summary: 'Get the authorization URI of a social provider',
  params: connectorParams,
  body: z.object({ state: z.string().min(1).max(1024), redirectUri }),
  responses: { 200: z.object({ authorizationUri: z.string(), verificationId: z.string() }) },
  errors: [...common, 'entity.not_found', 'connector.general', 'connector.invalid_config'],
});
export const verifySocial = route({
  method: 'POST',
  path: '/api/experience/verification/social/:connectorId/verify',
  operationId: 'VerifySocialVerification',
  tag,
  access,
  summary: 'Check what a social provider answered',
  params: connectorParams,
  body: z.object({ connectorData, verificationId: verificationId.optional() }),
  responses: { 200: verified },
  errors: [
    ...common,
    'session.verification_session_not_found',
    'session.connector_id_mismatch',
    'session.csrf_token_mismatch',
    'session.google_one_tap.invalid_id_token',
    'session.google_one_tap.unverified_email',
    'session.invalid_connector_id',
    'session.connector_validation_session_not_found',
    'connector.general',
    'connector.invalid_response',
    'connector.timeout',
    'connector.social_auth_code_invalid',
    'connector.social_invalid_access_token',
    'connector.authorization_failed',
  ],
});

export const listSsoConnectorsOfEmail = route({
  method: 'GET',
  path: '/api/experience/sso-connectors',
  operationId: 'GetEnabledSsoConnectors',
  tag,
  access,
  summary: 'List the enterprise connectors that sign in an email address',
  query: z.object({ email: z.string().min(1).max(512) }),
  responses: { 200: z.object({ connectorIds: z.array(z.string()) }) },
  errors: [...common],
});
export const createSsoAuthorizationUri = route({
  method: 'POST',
  path: '/api/experience/verification/sso/:connectorId/authorization-uri',
  operationId: 'CreateEnterpriseSsoVerification',
  tag,
  access,
  summary: 'Get the authorization URI of an enterprise provider',
  params: connectorParams,
  body: z.object({ state: z.string().min(1).max(1024), redirectUri }),
  responses: { 200: z.object({ authorizationUri: z.string(), verificationId: z.string() }) },
  errors: [
    ...common,
    'entity.not_found',
    'guard.invalid_input',
    'connector.general',
    'connector.invalid_config',
    'connector.invalid_response',
    'connector.timeout',
  ],
});
export const verifySso = route({
  method: 'POST',
  path: '/api/experience/verification/sso/:connectorId/verify',
  operationId: 'VerifyEnterpriseSsoVerification',
  tag,
  access,
  summary: 'Check what an enterprise provider answered',
  params: connectorParams,
  body: z.object({ connectorData, verificationId }),
  responses: { 200: verified },
  errors: [
    ...common,
    'session.verification_session_not_found',
    'session.connector_id_mismatch',
    'session.invalid_connector_id',
    'session.verification_failed',
    'session.connector_validation_session_not_found',
    'connector.general',
    'connector.not_implemented',
    'connector.insufficient_request_parameters',
    'connector.invalid_response',
    'connector.timeout',
    'connector.authorization_failed',
    'connector.social_invalid_id_token',
    'connector.social_auth_code_invalid',
    'connector.social_invalid_access_token',
  ],
});

export const proveSsoPassword = route({
  method: 'POST',
  path: '/api/experience/verification/sso/:connectorId/password',
  operationId: 'VerifyEnterpriseSsoPassword',
  tag,
  access,
  summary: 'Check a password with the directory of a company (LDAP)',
  params: connectorParams,
  body: z.object({
    username: z
      .string()
      .trim()
      .min(1)
      .max(256)
      .describe('What the directory knows the user by, e.g. the email address.'),
    password: z.string().min(1).max(1024),
  }),
  responses: { 200: verified },
  errors: [
    ...common,
    'session.invalid_connector_id',
    'single_sign_on.invalid_credentials',
    'single_sign_on.password_expired',
    'single_sign_on.account_disabled',
    'session.captcha_required',
    'session.verification_blocked_too_many_attempts',
    'connector.not_implemented',
    'connector.general',
    'connector.timeout',
    'request.overloaded',
  ],
});
