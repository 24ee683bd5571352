import type { RouteContract } from '@aldaba/contract';
import * as contract from '@aldaba/contract';
import { type Call, type Implement, type Page, Paged } from '../../http/implement.ts';
import { readUpload } from '../../http/upload.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { Visit } from './changes.ts';
import { requireEnabled } from './context.ts';
import type { AccountApi } from './index.ts';

/** `/api/my-account` and `/api/verifications`. */
export function accountRoutes(implement: Implement, api: AccountApi): void {
  const visit = visitor(api);
  profileRoutes(implement, api, visit);
  identityRoutes(implement, api, visit);
  factorRoutes(implement, api, visit);
  sessionRoutes(implement, api, visit);
  verificationRoutes(implement, api, visit);
}

type Visitor = (call: Pick<Call<RouteContract>, 'tenant' | 'caller' | 'request'>) => Promise<Visit>;

/** Whose account it is. @throws AldabaError `account_center.not_enabled` */
const visitor =
  ({ context }: AccountApi): Visitor =>
  async ({ tenant, caller: { subject, scopes, grant }, request }) => {
    const center = await context.accountCenters.get(tenant);
    requireEnabled(center);
    if (subject === undefined || !scopes || !grant) throw new AldabaError('auth.unauthorized');
    const { 'logto-verification-id': header } = request.headers;
    const owner = { userId: subject, signIn: { grantId: grant.id }, applicationId: grant.applicationId, scopes };
    return { tenant, owner, center, verificationId: typeof header === 'string' ? header : undefined };
  };

function profileRoutes(implement: Implement, { mine }: AccountApi, visit: Visitor): void {
  implement(contract.getMyAccount, async (call) => mine.get(await visit(call)));
  implement(contract.updateMyAccount, async (call) => mine.update(await visit(call), call.body));
  implement(contract.updateMyProfile, async (call) => mine.updateProfile(await visit(call), call.body));
  implement(contract.updateMyPassword, async (call) => mine.setPassword(await visit(call), call.body.password));
  implement(contract.updateMyEmail, async (call) => {
    const { email: value, newIdentifierVerificationRecordId: recordId } = call.body;
    await mine.setAddress(await visit(call), { type: 'email', value }, recordId);
  });
  implement(contract.deleteMyEmail, async (call) => mine.removeAddress(await visit(call), 'email'));
  implement(contract.updateMyPhone, async (call) => {
    const { phone: value, newIdentifierVerificationRecordId: recordId } = call.body;
    await mine.setAddress(await visit(call), { type: 'phone', value }, recordId);
  });
  implement(contract.deleteMyPhone, async (call) => mine.removeAddress(await visit(call), 'phone'));
  implement(contract.uploadMyAvatar, async (call) => ({
    url: await mine.uploadAvatar(await visit(call), () => readUpload(call.request)),
  }));
}

function identityRoutes(implement: Implement, { mine, myTokens }: AccountApi, visit: Visitor): void {
  implement(contract.createMyIdentity, async (call) =>
    mine.linkIdentity(await visit(call), call.body.newIdentifierVerificationRecordId, false),
  );
  implement(contract.replaceMyIdentity, async (call) =>
    mine.linkIdentity(await visit(call), call.body.newIdentifierVerificationRecordId, true),
  );
  implement(contract.deleteMyIdentity, async (call) => mine.unlinkIdentity(await visit(call), call.params.target));
  implement(contract.getMyIdentityToken, async (call) => myTokens.get(await visit(call), call.params.target));
  implement(contract.replaceMyIdentityToken, async (call) =>
    myTokens.replace(await visit(call), call.params.target, call.body.verificationRecordId),
  );
  implement(contract.getMySsoIdentityToken, async (call) =>
    myTokens.getSso(await visit(call), call.params.connectorId),
  );
}

function factorRoutes(implement: Implement, { myFactors }: AccountApi, visit: Visitor): void {
  implement(contract.getMyLogtoConfig, async (call) => myFactors.logtoConfig(await visit(call)));
  implement(contract.updateMyLogtoConfig, async (call) => myFactors.updateLogtoConfig(await visit(call), call.body));
  implement(contract.getMyMfaSettings, async (call) => myFactors.mfaSettings(await visit(call)));
  implement(contract.updateMyMfaSettings, async (call) => myFactors.updateMfaSettings(await visit(call), call.body));
  implement(contract.listMyFactors, async (call) => myFactors.listFactors(await visit(call)));
  implement(contract.createMyFactor, async (call) => myFactors.addFactor(await visit(call), call.body));
  implement(contract.deleteMyFactor, async (call) =>
    myFactors.removeFactor(await visit(call), call.params.verificationId),
  );
  implement(contract.renameMyFactor, async (call) =>
    myFactors.renameFactor(await visit(call), call.params.verificationId, call.body.name),
  );
  implement(contract.getMyBackupCodes, async (call) => ({ codes: await myFactors.backupCodes(await visit(call)) }));
  implement(contract.generateMyBackupCodes, async (call) => ({
    codes: myFactors.newBackupCodes(await visit(call)).codes,
  }));
  implement(contract.generateMyAuthenticatorSecret, async (call) => {
    const { secret, secretQrCode } = await myFactors.newAuthenticator(await visit(call));
    return { secret, secretQrCode };
  });
  implement(contract.replaceMyAuthenticator, async (call) =>
    myFactors.replaceAuthenticator(await visit(call), call.body),
  );
}

function sessionRoutes(implement: Implement, { mySessions }: AccountApi, visit: Visitor): void {
  implement(contract.listMySessions, async (call) => ({ sessions: await mySessions.sessions(await visit(call)) }));
  implement(contract.deleteMySession, async (call) => {
    const { revokeGrantsTarget: revoke } = call.query;
    await mySessions.endSession(await visit(call), { uid: call.params.sessionId, revoke });
  });
  implement(contract.listMyGrants, async (call) => ({
    grants: await mySessions.grants(await visit(call), call.query.appType),
  }));
  implement(contract.deleteMyGrant, async (call) => mySessions.revokeGrant(await visit(call), call.params.grantId));
  implement(contract.listMyTrustedDevices, async (call) => {
    const { items, total } = await mySessions.trustedDevices(await visit(call), call.page as Page);
    return new Paged(items, total);
  });
  implement(contract.deleteMyTrustedDevice, async (call) =>
    mySessions.removeTrustedDevice(await visit(call), call.params.trustedDeviceId),
  );
}

function verificationRoutes(implement: Implement, { verifications, context }: AccountApi, visit: Visitor): void {
  implement(contract.createPasswordVerificationRecord, async (call) => {
    const { tenant, owner } = await visit(call);
    return verifications.password(tenant, owner, call.body.password);
  });
  implement(contract.createCodeVerificationRecord, async (call) => {
    const { tenant, owner } = await visit(call);
    const { identifier, templateType } = call.body;
    const { locale } = await context.pages.spoken(call.request);
    return verifications.sendCode(tenant, owner, { identifier, isNew: templateType === 'BindNewIdentifier', locale });
  });
  implement(contract.verifyCodeVerificationRecord, async (call) => {
    const { tenant, owner } = await visit(call);
    const { identifier, verificationId: id, code } = call.body;
    await verifications.verifyCode(tenant, owner, { id, identifier, code });
    return { verificationRecordId: id };
  });
  implement(contract.createSocialVerificationRecord, async (call) => {
    const { tenant, owner } = await visit(call);
    return verifications.startSocial(tenant, owner, call.body);
  });
  implement(contract.verifySocialVerificationRecord, async (call) => {
    const { tenant, owner } = await visit(call);
    const { connectorData: data, verificationId, verificationRecordId = verificationId } = call.body;
    if (verificationRecordId === undefined) throw new AldabaError('verification_record.not_found');
    await verifications.verifySocial(tenant, owner, { id: verificationRecordId, data });
    return { verificationRecordId };
  });
  implement(contract.createPasskeyVerificationRecord, async (call) => {
    const { tenant, owner } = await visit(call);
    return verifications.startPasskey(tenant, owner);
  });
  implement(contract.verifyPasskeyVerificationRecord, async (call) => {
    const { tenant, owner } = await visit(call);
    const { verificationRecordId, payload } = call.body;
    await verifications.verifyPasskey(tenant, owner, { id: verificationRecordId, payload });
    return { verificationRecordId };
  });
}
