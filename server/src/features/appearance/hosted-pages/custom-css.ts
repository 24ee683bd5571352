/** The operator's own style sheet: a file of its own, so that the policy of the pages stays closed and broken CSS breaks no page. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { acceptsCoding } from '../../../http/coding.ts';
import type { Reply, Request } from '../../../http/types.ts';
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

const namePattern = /^custom\.([0-9a-f]{32})\.css$/;
const hashOf = (css: string): string => createHash('sha256').update(css).digest('hex').slice(0, 32);

/** Path of the style sheet under the tenant's base path. Its name is the hash of the content, its query says whose it is. */
export function customCssPath(css: string, { appId, organizationId }: Wearer): string {
  const query = new URLSearchParams();
  if (appId !== undefined) query.set('app_id', appId);
  if (organizationId !== undefined) query.set('organization_id', organizationId);
  return `/assets/custom.${hashOf(css)}.css${query.size > 0 ? `?${query}` : ''}`;
}

/**
 * Answers with the style sheet of the request's tenant.
 * @returns false, and nothing is sent, when the name is of another file, or nobody wrote any CSS
 */
export async function sendCustomCss(
  request: Request,
  reply: Reply,
  { name, source }: { name: string; source: CustomCssSource },
): Promise<boolean> {
  const hash = namePattern.exec(name)?.[1];
  if (hash === undefined) return false;
  const css = await source.customCss(request.tenant, wearerOf(request));
  if (css === undefined) return false;
  const packed = acceptsCoding(request, 'gzip');
  if (packed) reply.header('content-encoding', 'gzip');
  reply
    .header('content-type', 'text/css; charset=utf-8')
    // A page that was sent before the last change asks by the old name: it gets the new sheet, which must not be kept under it.
    .header('cache-control', hash === hashOf(css) ? 'public, max-age=31536000, immutable' : 'no-store')
    .header('vary', 'accept-encoding')
    .send(packed ? await pack(css) : css);
  return true;
}

const pack = promisify(gzip);

function wearerOf(request: Request): Wearer {
  const { app_id: appId, organization_id: organizationId } = request.query as Record<string, unknown>;
  return {
    ...(typeof appId === 'string' ? { appId } : {}),
    ...(typeof organizationId === 'string' ? { organizationId } : {}),
  };
}
