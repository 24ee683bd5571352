import { sendFile, textFile } from '../../../http/files.ts';
import type { Reply, Request } from '../../../http/types.ts';
import { type BrandingSource, type CustomCssSource, hashOf } from './custom-css.ts';

const namePattern = /^custom\.([0-9a-f]{32})\.css$/;

/**
 * Sends the style sheet of the request's tenant.
 * @returns false, without sending anything, if the name is another file's or the tenant has no custom CSS
 */
export async function sendCustomCss(
  request: Request,
  reply: Reply,
  { name, source }: { name: string; source: CustomCssSource },
): Promise<boolean> {
  const hash = namePattern.exec(name)?.[1];
  if (hash === undefined) return false;
  const css = await source.customCss(request.tenant, sourceOf(request));
  if (css === undefined) return false;
  // A page sent before the last change requests the old name: it gets the new style sheet, which must not be cached
  // under that name.
  const cache = hash === hashOf(css) ? 'immutable' : 'never';
  return sendFile(request, reply, textFile(css, { contentType: 'text/css; charset=utf-8', cache }));
}

function sourceOf(request: Request): BrandingSource {
  const { app_id: appId, organization_id: organizationId } = request.query as Record<string, unknown>;
  return {
    ...(typeof appId === 'string' ? { appId } : {}),
    ...(typeof organizationId === 'string' ? { organizationId } : {}),
  };
}
