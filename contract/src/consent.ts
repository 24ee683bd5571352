import { z } from 'zod';
import { route } from './route.ts';
import { jsonObject } from './values.ts';

const resourceScopesSchema = z.object({
  resource: z.object({ id: z.string(), name: z.string(), indicator: z.string() }),
  scopes: z.array(z.object({ id: z.string(), name: z.string(), description: z.string().nullable() })),
});

/** What a third-party application asks a person for, for consent pages of an operator's own. */
export const consentInfoSchema = z.object({
  application: z.object({
    id: z.string(),
    name: z.string(),
    branding: jsonObject.optional(),
    displayName: z.string().nullable().optional(),
    privacyPolicyUrl: z.string().nullable().optional(),
    termsOfUseUrl: z.string().nullable().optional(),
  }),
  user: z.object({
    id: z.string(),
    name: z.string().nullable(),
    avatar: z.string().nullable(),
    username: z.string().nullable(),
    primaryEmail: z.string().nullable(),
    primaryPhone: z.string().nullable(),
  }),
  organizations: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      missingResourceScopes: z
        .array(resourceScopesSchema)
        .describe('Permissions on APIs from the roles of the user in the organization.'),
    }),
  ),
  missingOIDCScope: z.array(z.string()),
  missingResourceScopes: z
    .array(resourceScopesSchema)
    .describe('Permissions on APIs; those in organizations as of the resource urn:logto:resource:organizations.'),
  redirectUri: z.string(),
});
export type ConsentInfo = z.output<typeof consentInfoSchema>;

const tag = 'Consent';
const access = 'interaction';

export const getConsentInfo = route({
  method: 'GET',
  path: '/api/interaction/consent',
  operationId: 'GetConsent',
  tag,
  access,
  summary: 'Get the consent request of the current interaction',
  responses: { 200: consentInfoSchema },
  errors: ['session.not_found'],
});
export const giveConsent = route({
  method: 'POST',
  path: '/api/interaction/consent',
  operationId: 'Consent',
  tag,
  access,
  summary: 'Consent to the request; continue at the returned URL',
  body: z.object({ organizationIds: z.array(z.string().max(128)).max(1000).optional() }).optional(),
  responses: { 200: z.object({ redirectTo: z.string() }) },
  errors: [
    'session.not_found',
    'request.cross_site',
    'organization.require_membership',
    'application.third_party_application_only',
  ],
});
