import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/implement.ts';
import type { Http } from '../../../http/types.ts';
import { readUpload } from '../../../http/upload.ts';
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

/** `/user-assets/:id`: the files, for everybody. */
export function userAssetFileRoutes(http: Http, assets: UserAssets): void {
  http.get<{ Params: { id: string } }>('/user-assets/:id', async (request, reply) => {
    const { contentType, bytes } = await assets.open(request.tenant, request.params.id);
    return (
      reply
        .header('content-type', contentType)
        .header('content-length', bytes.length)
        .header('content-disposition', contentType === 'application/zip' ? 'attachment' : 'inline')
        // An SVG can hold scripts. Opened by itself it gets an origin of its own, in which nothing runs and nothing loads.
        .header(
          'content-security-policy',
          "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
        )
        .header('cross-origin-resource-policy', 'cross-origin')
        .header('cache-control', 'public, max-age=31536000, immutable')
        .send(bytes)
    );
  });
}
