import { z } from 'zod';
import { route } from './route.ts';

const role = z.string().min(1).max(128);

/** Session variables of Hasura for the caller. */
const sessionVariables = z.object({
  'X-Hasura-User-Id': z.string().optional(),
  'X-Hasura-Role': role,
});

export const getHasuraAuth = route({
  method: 'GET',
  path: '/api/authn/hasura',
  operationId: 'GetHasuraAuth',
  tag: 'Authn',
  access: 'anonymous',
  summary:
    'Authentication webhook of Hasura: checks the access token, and that the user has the role in the header Expected-Role',
  query: z.object({
    resource: z.string().min(1).max(2048).describe('Indicator of the API resource that the token must be for.'),
    unauthorizedRole: role
      .optional()
      .describe('Role of callers without a valid token or without the expected role. Without it, they get 401.'),
  }),
  responses: { 200: sessionVariables },
  errors: [
    'auth.authorization_header_missing',
    'auth.authorization_token_type_not_supported',
    'auth.unauthorized',
    'auth.expected_role_not_found',
  ],
});
