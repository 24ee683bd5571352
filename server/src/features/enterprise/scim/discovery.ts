/** What the server tells about itself (RFC 7643 sections 5 to 7). Pure. */
import { type ScimResourceType, type ScimSchema, scimLimits, scimResourceTypes, scimUrn } from '@aldaba/contract/scim';

export const serviceProviderConfig = (base: string): object => ({
  schemas: [scimUrn.serviceProvider],
  patch: { supported: true },
  bulk: {
    supported: true,
    maxOperations: scimLimits.bulkOperations,
    maxPayloadSize: scimLimits.bulkPayload,
  },
  filter: { supported: true, maxResults: scimLimits.pageSize },
  changePassword: { supported: false },
  sort: { supported: true },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Bearer token',
      description: 'A SCIM token of the organization or of the tenant in the Authorization header (RFC 6750).',
      specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
      primary: true,
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
});

const types: readonly ScimResourceType[] = Object.values(scimResourceTypes);

export const resourceTypes = (base: string) =>
  types.map(({ name, endpoint, schema, extensions }) => ({
    schemas: [scimUrn.resourceType],
    id: name,
    name,
    endpoint,
    description: schema.description,
    schema: schema.id,
    schemaExtensions: extensions.map(({ id }) => ({ schema: id, required: false })),
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` },
  }));

export const schemas = (base: string) =>
  types
    .flatMap(({ schema, extensions }): ScimSchema[] => [schema, ...extensions])
    .map((schema) => ({
      schemas: [scimUrn.schema],
      ...schema,
      meta: { resourceType: 'Schema', location: `${base}/Schemas/${schema.id}` },
    }));

/** All of them as one page. */
export const listOf = (resources: readonly object[]): object => ({
  schemas: [scimUrn.list],
  totalResults: resources.length,
  startIndex: 1,
  itemsPerPage: resources.length,
  Resources: resources,
});
