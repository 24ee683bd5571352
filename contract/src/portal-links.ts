import { z } from 'zod';
import { portalLanguages, portalParts } from './portal-page.ts';
import { route } from './route.ts';
import { instant, pathId, webUrl } from './values.ts';

/** A link that opens the portal of an organization once. The session that it starts belongs to it. */
export const portalLinkSchema = z.object({
  tenantId: z.string(),
  id: z.string(),
  organizationId: z.string(),
  parts: z.array(z.enum(portalParts)),
  locale: z.string().nullable(),
  invitationUrl: z.string().nullable(),
  createdAt: instant,
  expiresAt: instant,
  status: z.enum(['unused', 'expired', 'open', 'ended']),
  startedAt: instant.nullable(),
  lastSeenAt: instant.nullable(),
});
export type PortalLink = z.output<typeof portalLinkSchema>;

const tag = 'Organizations';
const access = 'management';
const params = z.object({ id: pathId });
const ofLink = params.extend({ portalLinkId: pathId });
const parts = z.array(z.enum(portalParts)).min(1).describe('What the portal offers.');

export const listPortalLinks = route({
  method: 'GET',
  path: '/api/organizations/:id/portal-links',
  operationId: 'ListOrganizationPortalLinks',
  tag,
  access,
  summary: 'List the portal links of an organization, newest first',
  params,
  responses: { 200: z.array(portalLinkSchema) },
  errors: ['entity.not_exists_with_id'],
});
export const createPortalLink = route({
  method: 'POST',
  path: '/api/organizations/:id/portal-links',
  operationId: 'CreateOrganizationPortalLink',
  tag,
  access,
  summary: 'Create a link to the portal of an organization, which works once; only this response has its address',
  params,
  body: z.object({
    parts: parts.default([...portalParts]),
    expiresInDays: z.number().int().min(1).max(30).default(7).describe('Until when the link can be used.'),
    locale: z
      .enum(portalLanguages)
      .optional()
      .describe('The language of the portal; default: the language of the browser.'),
    invitationUrl: webUrl
      .optional()
      .describe(
        'Your page that accepts invitations. It gets `invitation_id`; without it the portal sends no invitations.',
      ),
  }),
  responses: { 201: portalLinkSchema.extend({ url: z.string() }) },
  errors: ['entity.not_exists_with_id'],
});
export const updatePortalLink = route({
  method: 'PATCH',
  path: '/api/organizations/:id/portal-links/:portalLinkId',
  operationId: 'UpdateOrganizationPortalLink',
  tag,
  access,
  summary: 'Change the parts that a portal link offers, also to the session that it started',
  params: ofLink,
  body: z.object({ parts }),
  responses: { 200: portalLinkSchema },
  errors: ['entity.not_found'],
});
export const deletePortalLink = route({
  method: 'DELETE',
  path: '/api/organizations/:id/portal-links/:portalLinkId',
  operationId: 'DeleteOrganizationPortalLink',
  tag,
  access,
  summary: 'Revoke a portal link, with its session',
  params: ofLink,
  responses: { 204: null },
  errors: ['entity.not_found'],
});
