import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { SignInExperience } from '@aldaba/contract';
import { acceptsCoding } from '../../../http/coding.ts';
import type { Reply, Request } from '../../../http/types.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { isCompressible, isVersioned } from './content-types.ts';
import type { CustomUiAssets, CustomUiFile } from './service.ts';

export interface CustomUiExperiences {
  get(tenant: Tenant): Promise<Pick<SignInExperience, 'customUiAssets' | 'customUiCsp'>>;
}

/** Sends files of the upload that a tenant has in use. */
export interface CustomUiPages {
  /**
   * Answers with the file at a path of the upload.
   * @returns false, and nothing is sent, when the tenant has no pages of its own, or no such file in them
   */
  send(request: Request, reply: Reply, path: string): Promise<boolean>;
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
      // Weak, since the packed bytes are other ones than the plain (RFC 9110 section 8.8.1); so is the comparison.
      const tag = `W/"${file.digest}"`;
      const known = (request.headers['if-none-match'] ?? '').split(',').map((each) => each.trim());
      const isKnown = known.some((each) => `W/${each.replace(/^W\//, '')}` === tag);
      const bytes = isKnown ? undefined : await customUiAssets.read(tenant, upload.id, file);
      if (!isKnown && !bytes) return false;
      setHeaders(reply, file, contentSecurityPolicy(customUiCsp));
      reply.header('etag', tag);
      if (!bytes) reply.code(304).send();
      else if (!isWorthPacking(file)) reply.send(bytes);
      else if (!acceptsCoding(request, 'gzip')) reply.header('vary', 'accept-encoding').send(bytes);
      else
        reply
          .header('vary', 'accept-encoding')
          .header('content-encoding', 'gzip')
          .send(await pack(bytes));
      return true;
    },
  };
}

const pack = promisify(gzip);

/** Bytes below which packing saves nothing that a network would notice. */
const leastSize = 1024;
const isWorthPacking = ({ contentType, size }: CustomUiFile): boolean =>
  size >= leastSize && isCompressible(contentType);

/** A service worker would stay in browsers, between people and all pages of this origin, after the upload is switched off. */
const isWorker = (request: Request): boolean => request.headers['service-worker'] !== undefined;

function setHeaders(reply: Reply, file: CustomUiFile, policy: string): void {
  reply
    .header('content-type', file.contentType)
    .header('content-security-policy', policy)
    .header('cache-control', isVersioned(file.path) ? 'public, max-age=31536000, immutable' : 'no-cache')
    .header('referrer-policy', 'same-origin')
    .header('permissions-policy', 'camera=(), microphone=(), geolocation=()');
}

/** Scripts and connections of the pages themselves, and of the sources that the tenant names. No script inside of HTML. */
function contentSecurityPolicy({ scriptSrc = [], connectSrc = [] }: SignInExperience['customUiCsp']): string {
  const scripts = ["'self'", ...scriptSrc].join(' ');
  return [
    "default-src 'self'",
    `script-src ${scripts}`,
    `connect-src ${["'self'", ...connectSrc].join(' ')}`,
    // What a script from elsewhere shows, a captcha for one, comes from where the script comes from.
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
