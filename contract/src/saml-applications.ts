import { z } from 'zod';
import { applicationSchema } from './applications.ts';
import { route } from './route.ts';
import { instant, jsonObject, pathId, webUrl } from './values.ts';

/** How a message reaches the service provider: a form that the browser submits. */
const postBinding = z.literal('urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST');
/** From server to server, for sign-outs alone. */
const soapBinding = z.literal('urn:oasis:names:tc:SAML:2.0:bindings:SOAP');
const redirectBinding = z.literal('urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect');

export const samlNameIdFormatSchema = z.enum([
  'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
]);
export type SamlNameIdFormat = z.output<typeof samlNameIdFormatSchema>;

/** The claims that attributes can be filled from: those of ID tokens. */
export const samlClaims = [
  'sub',
  'name',
  'given_name',
  'family_name',
  'middle_name',
  'nickname',
  'preferred_username',
  'username',
  'profile',
  'picture',
  'website',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
  'updated_at',
  'created_at',
  'email',
  'email_verified',
  'phone_number',
  'phone_number_verified',
  'address',
  'roles',
  'custom_data',
  'identities',
  'organizations',
  'organization_roles',
] as const;
export type SamlClaim = (typeof samlClaims)[number];

const attributeName = z.string().min(1).max(256);
export const samlAttributeMappingSchema = z.partialRecord(z.enum(samlClaims), attributeName);

const certificate = z
  .string()
  .min(1)
  .max(16_384)
  .describe('An X.509 certificate as PEM, with an RSA key of 2048 bits or more.');

export const samlEncryptionSchema = z.discriminatedUnion('encryptAssertion', [
  z.object({ encryptAssertion: z.literal(false) }),
  z.object({
    encryptAssertion: z.literal(true),
    encryptThenSign: z
      .boolean()
      .describe('Whether the response is signed around the encrypted assertion. The assertion is always signed.'),
    certificate: certificate.describe('The certificate that assertions are encrypted for, as PEM.'),
  }),
]);

export const samlAcsUrlSchema = z.object({
  binding: postBinding,
  url: webUrl.describe('Responses are sent to this address, unless a request names another registered one.'),
});

const configuration = {
  attributeMapping: samlAttributeMappingSchema.describe('From a claim of the user to the name of the attribute.'),
  entityId: z.string().min(1).max(1024).nullable().describe('The entity ID (issuer) of the service provider.'),
  acsUrl: samlAcsUrlSchema.nullable().describe('The assertion consumer service of the service provider.'),
  additionalAcsUrls: z
    .array(z.object({ index: z.number().int().min(0).max(65_535), url: webUrl }))
    .max(20)
    .describe('More addresses for responses, which requests choose by `index` or `url`. Without a choice, `acsUrl`.'),
  encryption: samlEncryptionSchema.nullable(),
  nameIdFormat: samlNameIdFormatSchema,
  singleLogoutUrl: z
    .object({
      binding: z.union([postBinding, redirectBinding, soapBinding]),
      url: webUrl,
      responseUrl: webUrl
        .optional()
        .describe('Where responses are sent, if not to `url`: the `ResponseLocation` of the metadata.'),
    })
    .nullable()
    .describe(
      'Where requests to sign out, and responses to those of the service provider, are sent. By SOAP, the service provider learns of every session that ends, and cannot begin.',
    ),
  requestCertificate: certificate
    .nullable()
    .describe('The certificate that requests are signed with. With one, requests without a signature are refused.'),
};

export const samlApplicationSchema = applicationSchema
  .omit({ secret: true, oidcClientMetadata: true, customClientMetadata: true, protectedAppMetadata: true })
  .extend(configuration);
export type SamlApplication = z.output<typeof samlApplicationSchema>;

const fingerprint = z.object({ formatted: z.string(), unformatted: z.string() });
export const samlApplicationSecretSchema = z.object({
  id: z.string(),
  certificate: z.string().describe('The certificate as PEM. The private key never leaves the server.'),
  createdAt: instant,
  expiresAt: instant,
  active: z.boolean().describe('Whether responses are signed with it: one at a time.'),
  fingerprints: z.object({ sha256: fingerprint }),
  isExpiring: z.boolean().describe('Whether it expires within 30 days, or has expired.'),
});
export type SamlApplicationSecret = z.output<typeof samlApplicationSecretSchema>;

const tag = 'SAML applications';
const access = 'management';
const params = z.object({ id: pathId });
const ofSecret = params.extend({ secretId: pathId });
const name = z.string().min(1).max(256);
/** Published clients may send the address alone. */
const acsUrlInput = z
  .union([samlAcsUrlSchema, webUrl.transform((url) => ({ binding: postBinding.value, url }))])
  .nullable()
  .describe('The assertion consumer service of the service provider: its address, or binding and address.');
const settings = z
  .object({
    description: z.string().max(65_536).nullable(),
    customData: jsonObject,
    ...configuration,
    acsUrl: acsUrlInput,
  })
  .partial();
const missing = ['entity.not_exists_with_id'] as const;

export const createSamlApplication = route({
  method: 'POST',
  path: '/api/saml-applications',
  operationId: 'CreateSamlApplication',
  tag,
  access,
  summary: 'Create a SAML application, with a certificate for 3 years',
  body: settings.extend({ name }),
  responses: { 201: samlApplicationSchema },
  errors: ['application.saml_entity_id_in_use'],
});
export const getSamlApplication = route({
  method: 'GET',
  path: '/api/saml-applications/:id',
  operationId: 'GetSamlApplication',
  tag,
  access,
  summary: 'Get a SAML application',
  params,
  responses: { 200: samlApplicationSchema },
  errors: missing,
});
export const updateSamlApplication = route({
  method: 'PATCH',
  path: '/api/saml-applications/:id',
  operationId: 'UpdateSamlApplication',
  tag,
  access,
  summary: 'Update a SAML application',
  params,
  body: settings.extend({ name: name.optional() }),
  responses: { 200: samlApplicationSchema },
  errors: [...missing, 'application.saml_entity_id_in_use'],
});
export const deleteSamlApplication = route({
  method: 'DELETE',
  path: '/api/saml-applications/:id',
  operationId: 'DeleteSamlApplication',
  tag,
  access,
  summary: 'Delete a SAML application',
  params,
  responses: { 204: null },
  errors: missing,
});
export const listSamlApplicationSecrets = route({
  method: 'GET',
  path: '/api/saml-applications/:id/secrets',
  operationId: 'ListSamlApplicationSecrets',
  tag,
  access,
  summary: 'List the certificates of a SAML application, newest first',
  params,
  responses: { 200: z.array(samlApplicationSecretSchema) },
  errors: missing,
});
export const createSamlApplicationSecret = route({
  method: 'POST',
  path: '/api/saml-applications/:id/secrets',
  operationId: 'CreateSamlApplicationSecret',
  tag,
  access,
  summary: 'Create a certificate, which is inactive until it is activated',
  params,
  body: z.object({ lifeSpanInYears: z.number().int().min(1).max(30) }),
  responses: { 201: samlApplicationSecretSchema },
  errors: [...missing, 'application.saml_too_many_secrets'],
});
export const updateSamlApplicationSecret = route({
  method: 'PATCH',
  path: '/api/saml-applications/:id/secrets/:secretId',
  operationId: 'UpdateSamlApplicationSecret',
  tag,
  access,
  summary: 'Activate a certificate in place of the active one, or deactivate it',
  params: ofSecret,
  body: z.object({ active: z.boolean() }),
  responses: { 200: samlApplicationSecretSchema },
  errors: [...missing, 'application.saml_secret_expired'],
});
export const deleteSamlApplicationSecret = route({
  method: 'DELETE',
  path: '/api/saml-applications/:id/secrets/:secretId',
  operationId: 'DeleteSamlApplicationSecret',
  tag,
  access,
  summary: 'Delete an inactive certificate',
  params: ofSecret,
  responses: { 204: null },
  errors: [...missing, 'application.saml_secret_active'],
});
