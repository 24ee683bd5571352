import type { SignInExperience } from '@aldaba/contract';
import { isVersioned } from '../../../http/content-types.ts';
import { sendFile } from '../../../http/files.ts';
import type { Reply, Request } from '../../../http/types.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { CustomUiAssets } from './service.ts';

interface CustomUiExperiences {
  get: (tenant: Tenant) => Promise<Pick<SignInExperience, 'customUiAssets' | 'customUiCsp'>>;
}

/** Sends files of the tenant's active upload. */
export interface CustomUiPages {
  /**
   * Sends the file at a path of the upload.
   * @returns false, without sending anything, if the tenant has no custom pages or the file does not exist
   */
  send: (request: Request, reply: Reply, path: string) => Promise<boolean>;
}

interface CustomUiPagesNeeds {
  customUiAssets: Pick<CustomUiAssets, 'find' | 'read'>;
  signInExperiences: CustomUiExperiences;
}

export function createCustomUiPages({ customUiAssets, signInExperiences }: CustomUiPagesNeeds): CustomUiPages {
  return {
    async send(request, reply, path) {
      const { tenant } = request;
      const { customUiAssets: upload, customUiCsp } = await signInExperiences.get(tenant);
      if (!upload || isWorker(request)) return false;
      const file = await customUiAssets.find(tenant, upload.id, path);
      if (!file) return false;
      return sendFile(
        request,
        reply,
        {
          contentType: file.contentType,
          cache: isVersioned(file.path) ? 'immutable' : 'revalidate',
          version: file.digest,
          size: file.size,
          read: () => customUiAssets.read(tenant, upload.id, file),
        },
        {
          'content-security-policy': contentSecurityPolicy(customUiCsp),
          'referrer-policy': 'same-origin',
          'permissions-policy': 'camera=(), microphone=(), geolocation=()',
        },
      );
    },
  };
}

/** A service worker would stay installed after the upload is deactivated and intercept every page of this origin. */
const isWorker = (request: Request): boolean => request.headers['service-worker'] !== undefined;

/**
 * Allows scripts and connections of the pages themselves and of the sources that the tenant lists. No inline scripts.
 */
function contentSecurityPolicy({ scriptSrc = [], connectSrc = [] }: SignInExperience['customUiCsp']): string {
  const scripts = ["'self'", ...scriptSrc].join(' ');
  return [
    "default-src 'self'",
    `script-src ${scripts}`,
    `connect-src ${["'self'", ...connectSrc].join(' ')}`,
    // A third-party script, such as a captcha, loads its frames and images from its own source.
    `frame-src ${scripts}`,
    "style-src 'self' 'unsafe-inline' https:",
    "img-src 'self' data: blob: https:",
    "font-src 'self' data: https:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
