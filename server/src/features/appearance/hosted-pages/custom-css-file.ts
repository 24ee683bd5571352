import { sendFile, textFile } from '../../../http/files.ts';
import type { Reply, Request } from '../../../http/types.ts';
import { type CustomCssSource, hashOf, type Wearer } from './custom-css.ts';

const namePattern = /^custom\.([0-9a-f]{32})\.css$/;

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
  // A page that was sent before the last change asks by the old name: it gets the new sheet, which must not be kept under it.
  const cache = hash === hashOf(css) ? 'immutable' : 'never';
  return sendFile(request, reply, textFile(css, { contentType: 'text/css; charset=utf-8', cache }));
}

function wearerOf(request: Request): Wearer {
  const { app_id: appId, organization_id: organizationId } = request.query as Record<string, unknown>;
  return {
    ...(typeof appId === 'string' ? { appId } : {}),
    ...(typeof organizationId === 'string' ? { organizationId } : {}),
  };
}
