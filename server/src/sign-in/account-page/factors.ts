/** Second factors and passkeys. */
import type { AccountScreen } from '@aldaba/contract';
import type { AldabaError } from '../../kernel/errors.ts';
import { requireEditable } from '../account/context.ts';
import type { AccountApi } from '../account/index.ts';
import { fieldOf } from '../account/my-factors.ts';
import { resolvePolicy } from '../machine/policy.ts';
import { parseJson } from '../pages/page-requests.ts';
import { type AccountPageRoutes, type AccountRequest, proofPath } from './requests.ts';

type FactorType = 'Totp' | 'WebAuthn' | 'BackupCode';
const known: readonly string[] = ['Totp', 'WebAuthn', 'BackupCode'] satisfies FactorType[];
const isKnown = (type: string): type is FactorType => known.includes(type);

export function factorRoutes(routes: AccountPageRoutes): void {
  listRoutes(routes);
  addRoutes(routes);
}

/** What the settings of the account center let the user change. */
const opens = ({ visit: { center } }: AccountRequest) => ({
  mfa: center.fields.mfa === 'Edit',
  passkey: center.fields.passkey === 'Edit',
});

async function screenOf({ myFactors, context }: AccountApi, page: AccountRequest): Promise<AccountScreen> {
  const { visit, user } = page;
  const [found, settings] = await Promise.all([myFactors.listFactors(visit), context.settings(visit.tenant)]);
  const { mfa, passkey } = opens(page);
  const isOpen = (type: FactorType) => (type === 'WebAuthn' ? passkey : mfa);
  const factors = found.flatMap((factor) => {
    if (!isKnown(factor.type)) return [];
    const isChangeable = visit.center.fields[fieldOf(visit.center, factor.type)] === 'Edit';
    const entry = {
      id: factor.id,
      type: factor.type,
      name: factor.name ?? '',
      since: new Date(factor.createdAt).getTime(),
      isRemovable: isChangeable,
      isRenamable: factor.type === 'WebAuthn' && isChangeable,
    };
    return [factor.remainCodes === undefined ? entry : { ...entry, detail: String(factor.remainCodes) }];
  });
  const has = (type: FactorType) => factors.some((factor) => factor.type === type);
  const offered = settings.mfa.factors.filter((type) => !settings.unavailableFactors.includes(type));
  const addable = (['Totp', 'WebAuthn', 'BackupCode'] as const).filter((type) => {
    if (!isOpen(type)) return false;
    if (type === 'WebAuthn')
      return (offered.includes(type) || settings.passkeySignIn.enabled) && !settings.unavailableFactors.includes(type);
    if (type === 'BackupCode') return offered.includes(type) && !has(type) && factors.length > 0;
    return offered.includes(type) && !has(type);
  });
  const mayChoose = mfa && factors.length > 0 && !resolvePolicy(settings).secondFactors.mandatory;
  const { skipMfaOnSignIn } = (await context.users.getLogtoConfig(visit.tenant.db, user.id)).mfa;
  return { part: 'factors', factors, addable, ...(mayChoose ? { skipsAtSignIn: skipMfaOnSignIn } : {}) };
}

function listRoutes({ api, get, post }: AccountPageRoutes): void {
  const { myFactors, changes } = api;
  const show = async (page: AccountRequest, failure?: AldabaError) => page.show(await screenOf(api, page), failure);
  get('/factors', 'factors', async (page) => {
    const { mfa, passkey } = opens(page);
    if ((mfa || passkey) && !(await changes.isProved(page.visit))) return page.go(proofPath('factors'));
    return show(page);
  });
  post(
    '/factors/remove',
    'factors',
    async (page) => {
      await myFactors.removeFactor(page.visit, page.field('id'));
      page.go('/factors', 'removed');
    },
    show,
  );
  post(
    '/factors/rename',
    'factors',
    async (page) => {
      await myFactors.renameFactor(page.visit, page.field('id'), page.field('name').trim().slice(0, 256));
      page.go('/factors', 'saved');
    },
    show,
  );
  post('/factors/at-sign-in', 'factors', async (page) => {
    await myFactors.updateMfaSettings(page.visit, { skipMfaOnSignIn: page.field('skip') === 'yes' });
    page.go('/factors', 'saved');
  });
}

function addRoutes({ api, get, post }: AccountPageRoutes): void {
  const { myFactors, verifications, changes } = api;
  const proved =
    (next: 'factors/totp' | 'factors/passkey' | 'factors/codes', show: (page: AccountRequest) => unknown) =>
    async (page: AccountRequest) =>
      (await changes.isProved(page.visit)) ? show(page) : page.go(proofPath(next));

  const showApp = async (page: AccountRequest, failure?: AldabaError) => {
    const {
      secret,
      secretQrCode: qrCode,
      sealed,
    } = await myFactors.newAuthenticator(page.visit, failure ? page.field('sealed') : undefined);
    await page.show({ part: 'totp', secret, qrCode, sealed }, failure);
  };
  get('/factors/totp', 'factors/totp', proved('factors/totp', showApp));
  post(
    '/factors/totp',
    'factors/totp',
    async (page) => {
      const { secret } = await myFactors.newAuthenticator(page.visit, page.field('sealed'));
      await myFactors.addFactor(page.visit, { type: 'Totp', secret, code: page.field('code') });
      page.go('/factors', 'saved');
    },
    showApp,
  );

  const showPasskey = async (page: AccountRequest, failure?: AldabaError) => {
    const { tenant, owner, center } = page.visit;
    // Before the device makes a passkey that the account would not take.
    requireEditable(center, 'passkey');
    const { registrationOptions: options, verificationRecordId: recordId } = await verifications.startPasskey(
      tenant,
      owner,
    );
    await page.show({ part: 'passkey', options, recordId }, failure);
  };
  get('/factors/passkey', 'factors/passkey', proved('factors/passkey', showPasskey));
  post(
    '/factors/passkey',
    'factors/passkey',
    async (page) => {
      const { tenant, owner } = page.visit;
      const id = page.field('record');
      await verifications.verifyPasskey(tenant, owner, { id, payload: parseJson(page.field('payload')) });
      await myFactors.addFactor(page.visit, { type: 'WebAuthn', newIdentifierVerificationRecordId: id });
      page.go('/factors', 'saved');
    },
    showPasskey,
  );

  const showCodes = (page: AccountRequest, failure?: AldabaError) => {
    const { codes, sealed } = myFactors.newBackupCodes(page.visit);
    return page.show({ part: 'codes', codes, sealed }, failure);
  };
  get('/factors/codes', 'factors/codes', proved('factors/codes', showCodes));
  post(
    '/factors/codes',
    'factors/codes',
    async (page) => {
      const codes = myFactors.openBackupCodes(page.visit, page.field('sealed'));
      await myFactors.addFactor(page.visit, { type: 'BackupCode', codes });
      page.go('/factors', 'saved');
    },
    showCodes,
  );
}
