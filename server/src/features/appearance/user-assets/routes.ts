import * as contract from '@aldaba/contract';
import { sendFile } from '../../../http/files.ts';
import type { Implement } from '../../../http/implement.ts';
import type { Http } from '../../../http/types.ts';
import { readUpload } from '../../../http/upload.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { UserAssets } from './service.ts';

/** `/api/user-assets`. */
export function userAssetRoutes(implement: Implement, assets: UserAssets): void {
  implement(contract.getUserAssetStatus, async () => ({
    status: 'ready' as const,
    allowUploadMimeTypes: [...contract.assetTypes],
    maxUploadFileSize: contract.maximumAssetSize,
  }));
  implement(contract.createUserAsset, async ({ tenant, request }) => ({
    url: await assets.save(tenant, await readUpload(request)),
  }));
}

/** `/user-assets/:id`: public files. */
export function userAssetFileRoutes(http: Http, assets: UserAssets): void {
  http.get<{ Params: { id: string } }>('/user-assets/:id', async (request, reply) => {
    const file = await assets.find(request.tenant, request.params.id);
    const isSent = await sendFile(request, reply, file, {
      'content-disposition': file.contentType === 'application/zip' ? 'attachment' : 'inline',
      // An SVG can contain scripts. Opened directly, it gets an opaque origin in which nothing runs or loads.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'cross-origin',
    });
    if (!isSent) throw new AldabaError('entity.not_found');
    return reply;
  });
}
