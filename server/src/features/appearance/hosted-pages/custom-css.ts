/** The operator's own style sheet: a file of its own, so that the policy of the pages stays closed and broken CSS breaks no page. */
import { createHash } from 'node:crypto';
import type { Tenant } from '../../../tenancy/index.ts';

/** Whose look a page wears over its tenant's. */
export interface Wearer {
  /** Client id. */
  appId?: string;
  organizationId?: string;
}

export interface CustomCssSource {
  /** The style sheet that applies, or undefined when nobody wrote one. */
  customCss(tenant: Tenant, wearer: Wearer): Promise<string | undefined>;
}

/** The hash in the style sheet's name. */
export const hashOf = (css: string): string => createHash('sha256').update(css).digest('hex').slice(0, 32);

/** Path of the style sheet under the tenant's base path. Its name is the hash of the content, its query says whose it is. */
export function customCssPath(css: string, { appId, organizationId }: Wearer): string {
  const query = new URLSearchParams();
  if (appId !== undefined) query.set('app_id', appId);
  if (organizationId !== undefined) query.set('organization_id', organizationId);
  return `/assets/custom.${hashOf(css)}.css${query.size > 0 ? `?${query}` : ''}`;
}
