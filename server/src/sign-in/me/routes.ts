import type { RouteContract } from '@aldaba/contract';
import * as contract from '@aldaba/contract';
import type { Call, Implement } from '../../http/implement.ts';
import { readUpload } from '../../http/upload.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { AccountApi } from '../account/index.ts';
import { createMe, type MyVisit } from './index.ts';

/** `/me` of the admin tenant. */
export function meRoutes(implement: Implement, api: AccountApi): void {
  const me = createMe(api);
  const { connectors, pages } = api.context;
  const visit = ({ tenant, caller }: Pick<Call<RouteContract>, 'tenant' | 'caller'>): MyVisit => {
    const { subject: userId, grant } = caller;
    if (userId === undefined || !grant) throw new AldabaError('auth.unauthorized');
    return me.visit(tenant, { userId, grantId: grant.id, applicationId: grant.applicationId });
  };
  implement(contract.getMe, (call) => me.get(visit(call)));
  implement(contract.updateMe, (call) => me.update(visit(call), call.body));
  implement(contract.getMyCustomData, async (call) => (await me.get(visit(call))).customData ?? {});
  implement(contract.updateMyCustomData, (call) => me.updateCustomData(visit(call), call.body));
  implement(contract.verifyMyOwnPassword, (call) => me.provePassword(visit(call), call.body.password));
  implement(contract.setMyOwnPassword, (call) => me.setPassword(visit(call), call.body.password));
  implement(contract.sendMyCode, async (call) =>
    me.sendCode(visit(call), call.body.email, await pages.language(call.request)),
  );
  implement(contract.verifyMyCode, (call) => {
    const { email, verificationCode: code } = call.body;
    return me.verifyCode(visit(call), { email, code });
  });
  implement(contract.listMyConnectors, ({ tenant }) => connectors.social(tenant));
  implement(contract.startMySocial, (call) => me.startSocial(visit(call), call.body));
  implement(contract.linkMySocial, (call) => {
    const { connectorId, connectorData: data } = call.body;
    return me.linkSocial(visit(call), { connectorId, data });
  });
  implement(contract.unlinkMySocial, (call) => me.unlinkSocial(visit(call), call.params.connectorId));
  implement(contract.uploadMyPicture, async (call) => ({
    url: await me.uploadPicture(visit(call), () => readUpload(call.request)),
  }));
  implement(contract.getMyUploadStatus, async () => ({
    status: 'ready' as const,
    allowUploadMimeTypes: [...contract.pictureTypes],
    maxUploadFileSize: contract.maximumAvatarSize,
  }));
}
