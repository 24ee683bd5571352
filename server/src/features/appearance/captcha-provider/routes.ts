import * as contract from '@aldaba/contract';
import { Empty } from '../../../http/answers.ts';
import type { Implement } from '../../../http/index.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { CaptchaProviders } from './service.ts';

/** `/api/captcha-provider`. */
export function captchaProviderRoutes(implement: Implement, providers: CaptchaProviders): void {
  implement(contract.getCaptchaProvider, async ({ tenant }) => {
    const provider = await providers.find(tenant);
    if (!provider) throw new AldabaError('entity.not_found');
    return provider;
  });
  implement(contract.putCaptchaProvider, ({ tenant, body }) => providers.put(tenant, body.config));
  implement(contract.deleteCaptchaProvider, async ({ tenant }) => {
    await providers.delete(tenant);
    return new Empty(204);
  });
}
