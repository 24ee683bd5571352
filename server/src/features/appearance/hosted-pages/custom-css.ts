/**
 * The operator's style sheet is a separate file, so that the pages' Content-Security-Policy stays strict and invalid
 * CSS cannot break a page.
 */
import { createHash } from 'node:crypto';
import type { Tenant } from '../../../tenancy/index.ts';

/** The application and organization whose branding overrides the tenant's. */
export interface BrandingSource {
  /** Client id. */
  appId?: string | undefined;
  organizationId?: string | undefined;
}

export interface CustomCssSource {
  /** The style sheet that applies, or undefined if there is none. */
  customCss: (tenant: Tenant, source: BrandingSource) => Promise<string | undefined>;
}

/** The hash in the style sheet's name. */
export const hashOf = (css: string): string => createHash('sha256').update(css).digest('hex').slice(0, 32);

/**
 * Path of the style sheet below the tenant's base path. The name is a hash of the content; the query names the
 * application and organization.
 */
export function customCssPath(css: string, { appId, organizationId }: BrandingSource): string {
  const query = new URLSearchParams();
  if (appId !== undefined) query.set('app_id', appId);
  if (organizationId !== undefined) query.set('organization_id', organizationId);
  return `/assets/custom.${hashOf(css)}.css${query.size > 0 ? `?${query}` : ''}`;
}
