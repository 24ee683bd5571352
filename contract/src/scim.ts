import { z } from 'zod';

/* The System for Cross-domain Identity Management, version 2: RFC 7643 (schemas) and RFC 7644 (protocol). */

export const scimUrn = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  enterpriseUser: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  list: 'urn:ietf:params:scim:api:messages:2.0:ListResponse',
  search: 'urn:ietf:params:scim:api:messages:2.0:SearchRequest',
  patch: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
  bulk: 'urn:ietf:params:scim:api:messages:2.0:BulkRequest',
  bulkAnswer: 'urn:ietf:params:scim:api:messages:2.0:BulkResponse',
  error: 'urn:ietf:params:scim:api:messages:2.0:Error',
  serviceProvider: 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig',
  resourceType: 'urn:ietf:params:scim:schemas:core:2.0:ResourceType',
  schema: 'urn:ietf:params:scim:schemas:core:2.0:Schema',
} as const;

/** What the server accepts; `/ServiceProviderConfig` tells the clients. */
export const scimLimits = {
  /** Resources of one page, also if the client asks for more. */
  pageSize: 200,
  /** Resources that a filter without an indexed comparison may read. */
  filterCandidates: 10_000,
  filterLength: 4096,
  bulkOperations: 1000,
  /** Bytes of the body of a bulk request, and of every other one. */
  bulkPayload: 1024 * 1024,
  payload: 512 * 1024,
  patchOperations: 500,
  /** Characters of a string, and elements of an attribute with several values. */
  textLength: 1024,
  values: 100,
  members: 10_000,
} as const;

/** The members of `scimType` (RFC 7644 section 3.12). */
export type ScimErrorType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'
  | 'sensitive';

/** An attribute with its characteristics (RFC 7643 section 7), as `/Schemas` shows it. */
export interface ScimAttribute {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'dateTime' | 'reference' | 'complex';
  readonly description: string;
  readonly multiValued: boolean;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable';
  readonly returned: 'always' | 'default';
  readonly uniqueness: 'none' | 'server';
  readonly canonicalValues?: readonly string[];
  readonly referenceTypes?: readonly string[];
  readonly subAttributes?: readonly ScimAttribute[];
}

const attribute = (name: string, description: string, more: Partial<ScimAttribute> = {}): ScimAttribute => ({
  name,
  type: 'string',
  description,
  multiValued: false,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  ...more,
});

const complex = (name: string, description: string, subAttributes: readonly ScimAttribute[]) =>
  attribute(name, description, { type: 'complex', subAttributes });

/** An attribute with several values, each with a type (RFC 7643 section 2.4). */
const plural = (
  name: string,
  description: string,
  { canonicalValues, value = {}, more }: { canonicalValues: string[]; value?: object; more?: ScimAttribute[] },
): ScimAttribute => ({
  ...complex(name, description, [
    ...(more ?? [attribute('value', 'The value.', value), attribute('display', 'The value as people read it.')]),
    attribute('type', 'What the value is used for.', { canonicalValues }),
    attribute('primary', 'Whether it is the preferred value; at most one is.', { type: 'boolean' }),
  ]),
  multiValued: true,
});

const readOnly = { mutability: 'readOnly' } as const;
const reference = (...referenceTypes: string[]) => ({ type: 'reference', caseExact: true, referenceTypes }) as const;

/** Attributes of every resource (RFC 7643 section 3.1). */
export const scimCommonAttributes: readonly ScimAttribute[] = [
  attribute('schemas', 'The schemas of the resource.', { multiValued: true, caseExact: true, returned: 'always' }),
  attribute('id', 'The identifier that the server gave.', {
    ...readOnly,
    caseExact: true,
    returned: 'always',
    uniqueness: 'server',
  }),
  attribute('externalId', 'The identifier that the directory gave.', { caseExact: true }),
  {
    ...complex('meta', 'About the resource.', [
      attribute('resourceType', 'User or Group.', { ...readOnly, caseExact: true }),
      attribute('created', 'When the server created it.', { ...readOnly, type: 'dateTime' }),
      attribute('lastModified', 'When it last changed.', { ...readOnly, type: 'dateTime' }),
      attribute('location', 'Its address.', { ...readOnly, ...reference('uri') }),
      attribute('version', 'Its entity tag.', { ...readOnly, caseExact: true }),
    ]),
    ...readOnly,
  },
];

const places = ['work', 'home', 'other'];

const userAttributes: readonly ScimAttribute[] = [
  attribute('userName', 'The name in the directory, such as ana@example.com.', {
    required: true,
    uniqueness: 'server',
  }),
  complex('name', 'The parts of the name.', [
    attribute('formatted', 'The full name.'),
    attribute('familyName', 'The family name.'),
    attribute('givenName', 'The given name.'),
    attribute('middleName', 'The middle names.'),
    attribute('honorificPrefix', 'A title before the name.'),
    attribute('honorificSuffix', 'A suffix after the name.'),
  ]),
  attribute('displayName', 'The name that pages show.'),
  attribute('nickName', 'The casual name.'),
  attribute('profileUrl', 'The address of a page about the user.', reference('external')),
  attribute('title', 'The job title.'),
  attribute('userType', 'The relationship with the organization, such as Employee.'),
  attribute('preferredLanguage', 'The preferred language, such as en-US.'),
  attribute('locale', 'The locale, such as en-US.'),
  attribute('timezone', 'The time zone, such as Europe/Madrid.'),
  attribute('active', 'Whether the user may sign in; in an organization, whether the user is a member.', {
    type: 'boolean',
  }),
  plural('emails', 'Email addresses.', { canonicalValues: places }),
  plural('phoneNumbers', 'Phone numbers.', { canonicalValues: ['work', 'home', 'mobile', 'fax', 'pager', 'other'] }),
  plural('photos', 'Pictures.', { canonicalValues: ['photo', 'thumbnail'], value: reference('external') }),
  plural('addresses', 'Postal addresses.', {
    canonicalValues: places,
    more: ['formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country'].map((name) =>
      attribute(name, 'A part of the address.'),
    ),
  }),
  {
    ...complex('groups', 'The groups that the user belongs to.', [
      attribute('value', 'The id of the group.', { ...readOnly, caseExact: true }),
      attribute('$ref', 'The address of the group.', { ...readOnly, ...reference('Group') }),
      attribute('display', 'The name of the group.', readOnly),
      attribute('type', 'Always direct.', { ...readOnly, canonicalValues: ['direct'] }),
    ]),
    ...readOnly,
    multiValued: true,
  },
];

const enterpriseAttributes: readonly ScimAttribute[] = [
  attribute('employeeNumber', 'The number of the employee.'),
  attribute('costCenter', 'The cost center.'),
  attribute('organization', 'The organization.'),
  attribute('division', 'The division.'),
  attribute('department', 'The department.'),
  complex('manager', 'The manager.', [
    attribute('value', 'The id of the manager.', { caseExact: true }),
    attribute('$ref', 'The address of the manager.', reference('User')),
    attribute('displayName', 'The name of the manager.'),
  ]),
];

const groupAttributes: readonly ScimAttribute[] = [
  attribute('displayName', 'The name of the group.', { required: true, uniqueness: 'server' }),
  {
    ...complex('members', 'The users in the group.', [
      attribute('value', 'The id of the user.', { caseExact: true, mutability: 'immutable' }),
      attribute('$ref', 'The address of the user.', { ...reference('User'), mutability: 'immutable' }),
      attribute('type', 'Always User.', { mutability: 'immutable', canonicalValues: ['User'] }),
      attribute('display', 'The name of the user.', readOnly),
    ]),
    multiValued: true,
  },
];

export interface ScimSchema {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly ScimAttribute[];
}

export interface ScimResourceType {
  readonly name: 'User' | 'Group';
  readonly endpoint: '/Users' | '/Groups';
  readonly schema: ScimSchema;
  readonly extensions: readonly ScimSchema[];
}

const users: ScimResourceType = {
  name: 'User',
  endpoint: '/Users',
  schema: { id: scimUrn.user, name: 'User', description: 'A user.', attributes: userAttributes },
  extensions: [
    {
      id: scimUrn.enterpriseUser,
      name: 'EnterpriseUser',
      description: 'A user of an enterprise.',
      attributes: enterpriseAttributes,
    },
  ],
};
const groups: ScimResourceType = {
  name: 'Group',
  endpoint: '/Groups',
  schema: { id: scimUrn.group, name: 'Group', description: 'A group of users.', attributes: groupAttributes },
  extensions: [],
};
export const scimResourceTypes = { users, groups } as const;

// The messages. The server lowers the names at the first level, as case does not matter (RFC 7643 section 2.1).

const text = z.string().max(scimLimits.filterLength);
const schemas = z.array(z.string()).optional();
/** `attributes` is a list in a body and one string, separated by commas, in a query. */
const names = z.union([text.transform((list) => list.split(',')), z.array(text).max(200)]).optional();
const count = z.coerce.number().int();

/** The query of a list, or the body of a search (RFC 7644 section 3.4.2), with names in lowercase. */
export const scimSearchSchema = z.object({
  filter: text.optional(),
  sortby: text.optional(),
  sortorder: z.enum(['ascending', 'descending']).default('ascending'),
  startindex: count.default(1).transform((index) => Math.max(1, index)),
  count: count.default(100).transform((size) => Math.min(Math.max(0, size), scimLimits.pageSize)),
  attributes: names,
  excludedattributes: names,
});
export type ScimSearch = z.output<typeof scimSearchSchema>;

/** RFC 7644 section 3.5.2. Microsoft Entra ID capitalizes `op`. */
export const scimPatchSchema = z.object({
  schemas,
  operations: z
    .array(
      z.object({
        op: z
          .string()
          .toLowerCase()
          .pipe(z.enum(['add', 'replace', 'remove'])),
        path: text.optional(),
        value: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(scimLimits.patchOperations),
});
export type ScimPatchOperation = z.output<typeof scimPatchSchema>['operations'][number];

/** RFC 7644 section 3.7. */
export const scimBulkSchema = z.object({
  schemas,
  failonerrors: z.number().int().min(1).optional(),
  operations: z.array(
    z.object({
      method: z
        .string()
        .toUpperCase()
        .pipe(z.enum(['POST', 'PUT', 'PATCH', 'DELETE'])),
      bulkId: z.string().min(1).max(256).optional(),
      version: z.string().max(256).optional(),
      path: z.string().max(512),
      data: z.unknown().optional(),
    }),
  ),
});
export type ScimBulkOperation = z.output<typeof scimBulkSchema>['operations'][number];
