/**
 * The Console: the built files of the workspace `console/` at `<endpoint>/console`. If there is an admin origin, they
 * are at `<admin origin>/console` alone, and `<endpoint>/console` leads there.
 *
 * Owns the files' policy and the settings in their page. It owns no data: the Console is an application of the admin
 * tenant (its client is built in, see applications) and calls the Management API like any other client.
 */

import { fullAccess, managementScopes } from '@aldaba/contract';
import { folderRoutes } from '../../../http/folder.ts';
import type { Http } from '../../../http/types.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { adminTenantId, consolePath, defaultTenantId } from '../../../tenancy/address.ts';
import { consoleId } from '../../applications/applications/built-in-ids.ts';

export interface ConsoleOptions {
  /** Absolute path of the built files. */
  root: string;
  /** Base URL of the default tenant. */
  endpoint: string;
  /** Base URL of the admin tenant. */
  adminUrl: string;
  /** Address of the Console. */
  url: string;
}

const names = managementScopes.map(({ name }) => name);

/** `/console/…`: files and, at every other address below it, the page whose script decides what to show. */
export function consoleRoutes(http: Http, { root, endpoint, adminUrl }: Omit<ConsoleOptions, 'url'>): void {
  const isSeparate = !adminUrl.startsWith(`${endpoint}/`);
  const settings = JSON.stringify({ endpoint, adminUrl, clientId: consoleId, permissions: [fullAccess, ...names] });
  folderRoutes(http, {
    root,
    path: consolePath,
    index: 'index.html',
    headers: {
      'content-security-policy': policyFor([endpoint, adminUrl]),
      'referrer-policy': 'same-origin',
      'permissions-policy': 'camera=(), microphone=(), geolocation=()',
    },
    fill: (html) => html.replace('content="{}"', () => `content="${escapeAttribute(settings)}"`),
    // The pages of tenants may run scripts of their own on the endpoint's origin.
    movedTo: ({ tenant }) => (isSeparate && tenant.id === defaultTenantId ? adminUrl : undefined),
    // One Console administers every tenant; it has no address below a tenant's path.
    check: async ({ tenant }) => {
      const isServed = tenant.id === (isSeparate ? adminTenantId : defaultTenantId);
      if (!isServed) throw new AldabaError('request.not_found');
    },
  });
}

const escapeAttribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/**
 * Scripts come from the files alone. Styles may be inline: Mantine writes its variables, and the editor its theme, into
 * style elements at run time, and a nonce would keep the page from being cached. Images may come from anywhere over
 * HTTPS, because avatars and logos are URLs that operators and identity providers choose.
 */
function policyFor(urls: readonly string[]): string {
  const origins = [...new Set(urls.map((url) => new URL(url).origin))].join(' ');
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    `img-src 'self' data: blob: https: ${origins}`,
    "font-src 'self'",
    `connect-src 'self' ${origins}`,
    `frame-src 'self' ${origins}`,
    "base-uri 'self'",
    // Previews of the hosted pages are posted into a frame.
    `form-action ${origins}`,
    // The page that renews the sign-in is framed by the Console itself.
    "frame-ancestors 'self'",
  ].join('; ');
}
