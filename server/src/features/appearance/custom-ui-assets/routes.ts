import * as contract from '@aldaba/contract';
import { type Implement, readUpload } from '../../../http/index.ts';
import type { CustomUiExperiences } from './pages.ts';
import type { CustomUiAssets } from './service.ts';

/** `POST /api/sign-in-exp/default/custom-ui-assets`. */
export function customUiRoutes(
  implement: Implement,
  assets: CustomUiAssets,
  needs: { signInExperiences: CustomUiExperiences },
): void {
  implement(contract.uploadCustomUi, async ({ tenant, request }) => {
    const archive = await readUpload(request);
    const { customUiAssets } = await needs.signInExperiences.get(tenant);
    return { customUiAssetId: await assets.upload(tenant, archive, customUiAssets?.id) };
  });
}
