import { z } from 'zod';
import { route } from './route.ts';
import { instant, pathId } from './values.ts';

/** A domain that an organization says is its own. Only verified domains have an effect. */
export const organizationDomainSchema = z.object({
  tenantId: z.string(),
  organizationId: z.string(),
  domain: z.string().describe('In DNS form: lowercase ASCII.'),
  isVerified: z.boolean(),
  verifiedBy: z.enum(['dns', 'email']).nullable(),
  verifiedAt: instant.nullable(),
  checkedAt: instant.nullable().describe('When the DNS, or the postmaster, answered last.'),
  missingSince: instant
    .nullable()
    .describe(
      'Since when the record of a verified domain is missing, or its confirmation by email is about to expire.',
    ),
  losesAt: instant.nullable().describe('The domain is lost then unless it is proved again.'),
  lostAt: instant.nullable().describe('When the domain was lost, until it is verified again.'),
  createdAt: instant,
  record: z
    .object({ type: z.literal('TXT'), name: z.string(), value: z.string() })
    .describe('The DNS record that verifies the domain.'),
  email: z.string().describe('The address that gets the code of a verification by email.'),
});
export type OrganizationDomain = z.output<typeof organizationDomainSchema>;

const tag = 'Organizations';
const access = 'management';
const params = z.object({ id: pathId });
const ofDomain = params.extend({ domain: pathId });
const draft = z.object({ domain: z.string().min(1).max(253) });
const proof = z.union([
  z.object({ method: z.literal('dns') }),
  z.object({ method: z.literal('email'), code: z.string().min(1).max(32) }),
]);
const addErrors = [
  'organization_domain.invalid',
  'organization_domain.public',
  'organization_domain.too_many',
  'entity.unique_integrity_violation',
  'entity.relation_foreign_key_not_found',
] as const;
const statuses = { 'entity.relation_foreign_key_not_found': 422 } as const;
const codeErrors = [
  'entity.not_found',
  'connector.not_found',
  'connector.general',
  'connector.invalid_config',
  'connector.template_not_found',
  'connector.rate_limit_exceeded',
  'connector.timeout',
  'request.message_rate_limited',
] as const;
const codeStatuses = { 'connector.not_found': 501 } as const;
const proofErrors = [
  'entity.not_found',
  'organization_domain.record_not_found',
  'organization_domain.lookup_failed',
  'organization_domain.taken',
  'verification_code.not_found',
  'verification_code.expired',
  'verification_code.code_mismatch',
  'verification_code.exceed_max_try',
] as const;

export const listOrganizationDomains = route({
  method: 'GET',
  path: '/api/organizations/:id/domains',
  operationId: 'ListOrganizationDomains',
  tag,
  access,
  summary: 'List the domains of an organization',
  params,
  responses: { 200: z.array(organizationDomainSchema) },
  errors: ['entity.not_exists_with_id'],
});
export const createOrganizationDomain = route({
  method: 'POST',
  path: '/api/organizations/:id/domains',
  operationId: 'CreateOrganizationDomain',
  tag,
  access,
  summary: 'Add a domain to an organization; it has no effect until it is verified',
  params,
  body: draft,
  responses: { 201: organizationDomainSchema },
  errors: addErrors,
  statuses,
});
export const getOrganizationDomain = route({
  method: 'GET',
  path: '/api/organizations/:id/domains/:domain',
  operationId: 'GetOrganizationDomain',
  tag,
  access,
  summary: 'Get a domain of an organization',
  params: ofDomain,
  responses: { 200: organizationDomainSchema },
  errors: ['entity.not_found'],
});
export const deleteOrganizationDomain = route({
  method: 'DELETE',
  path: '/api/organizations/:id/domains/:domain',
  operationId: 'DeleteOrganizationDomain',
  tag,
  access,
  summary: 'Remove a domain from an organization; existing members are kept',
  params: ofDomain,
  responses: { 204: null },
  errors: ['entity.not_found'],
});
export const createOrganizationDomainCode = route({
  method: 'POST',
  path: '/api/organizations/:id/domains/:domain/verification-code',
  operationId: 'CreateOrganizationDomainVerificationCode',
  tag,
  access,
  summary: 'Send a code to the postmaster of a domain (RFC 2142)',
  params: ofDomain,
  responses: { 204: null },
  errors: codeErrors,
  statuses: codeStatuses,
});
export const verifyOrganizationDomain = route({
  method: 'POST',
  path: '/api/organizations/:id/domains/:domain/verification',
  operationId: 'VerifyOrganizationDomain',
  tag,
  access,
  summary: 'Verify a domain by its DNS record, or by the code sent to its postmaster',
  params: ofDomain,
  body: proof,
  responses: { 200: organizationDomainSchema },
  errors: proofErrors,
});

// The delegated Management API: the same for administrators of the organization.

const byMember = 'organization';
const delegatedTag = 'Delegated domains';

export const listDelegatedDomains = route({
  method: 'GET',
  path: '/api/organizations/:id/claimed-domains',
  operationId: 'ListDelegatedDomains',
  tag: delegatedTag,
  access: byMember,
  summary: 'List the domains that the organization claims, verified or not',
  params,
  responses: { 200: z.array(organizationDomainSchema) },
});
export const createDelegatedDomain = route({
  method: 'POST',
  path: '/api/organizations/:id/claimed-domains',
  operationId: 'CreateDelegatedDomain',
  tag: delegatedTag,
  access: byMember,
  summary: 'Claim a domain; it has no effect until it is verified',
  params,
  body: draft,
  responses: { 201: organizationDomainSchema },
  errors: addErrors,
  statuses,
});
export const getDelegatedDomain = route({
  method: 'GET',
  path: '/api/organizations/:id/claimed-domains/:domain',
  operationId: 'GetDelegatedDomain',
  tag: delegatedTag,
  access: byMember,
  summary: 'Get a domain that the organization claims, with the record that verifies it',
  params: ofDomain,
  responses: { 200: organizationDomainSchema },
  errors: ['entity.not_found'],
});
export const deleteDelegatedDomain = route({
  method: 'DELETE',
  path: '/api/organizations/:id/claimed-domains/:domain',
  operationId: 'DeleteDelegatedDomain',
  tag: delegatedTag,
  access: byMember,
  summary: 'Give up a domain; existing members are kept',
  params: ofDomain,
  responses: { 204: null },
  errors: ['entity.not_found'],
});
export const createDelegatedDomainCode = route({
  method: 'POST',
  path: '/api/organizations/:id/claimed-domains/:domain/verification-code',
  operationId: 'CreateDelegatedDomainVerificationCode',
  tag: delegatedTag,
  access: byMember,
  summary: 'Send a code to the postmaster of a claimed domain',
  params: ofDomain,
  responses: { 204: null },
  errors: codeErrors,
  statuses: codeStatuses,
});
export const verifyDelegatedDomain = route({
  method: 'POST',
  path: '/api/organizations/:id/claimed-domains/:domain/verification',
  operationId: 'VerifyDelegatedDomain',
  tag: delegatedTag,
  access: byMember,
  summary: 'Verify a claimed domain by its DNS record, or by the code sent to its postmaster',
  params: ofDomain,
  body: proof,
  responses: { 200: organizationDomainSchema },
  errors: proofErrors,
});
