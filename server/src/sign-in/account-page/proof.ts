/** `/account/proof`: the user proves to be the owner of the account, before a sensitive change. */
import { type AccountProof, type AccountScreen, type AccountSection, accountSections } from '@aldaba/contract';
import { readCookie, writeCookie } from '../../http/cookies.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { AccountApi } from '../account/index.ts';
import { nameOf } from '../factors/second-factor.ts';
import { maskAddress } from '../machine/factor.ts';
import type { Address } from '../machine/state.ts';
import { parseJson, textsOf } from '../pages/page-requests.ts';
import { type AccountPageRoutes, type AccountRequest, keepProof, signInUrl } from './requests.ts';

/** The record of the code that was sent. */
const codeCookie = '_account.proof-code';

export const sectionOf = (text: string | undefined): AccountSection =>
  accountSections.find((section) => section === text) ?? 'profile';

const ownAddress = ({ user }: AccountRequest, type: string): Address => {
  const value = type === 'email' ? user.primaryEmail : user.primaryPhone;
  if (value === null) throw new AldabaError('verification_record.identifier_mismatch');
  return type === 'email' ? { type: 'email', value } : { type: 'phone', value };
};

async function screenOf(
  api: AccountApi,
  page: AccountRequest,
  { next, wanted }: { next: AccountSection; wanted: string | undefined },
): Promise<AccountScreen> {
  const { visit, user } = page;
  const proofs = await api.verifications.proofs(visit.tenant, visit.owner);
  const method = proofs.find((proof) => proof === wanted) ?? (proofs[0] as AccountProof);
  const common = { part: 'proof', next, method, others: proofs.filter((proof) => proof !== method) } as const;
  switch (method) {
    case 'password':
      return { ...common, username: nameOf(user) };
    case 'passkey': {
      const { options, verificationRecordId: recordId } = await api.verifications.askPasskey(visit.tenant, visit.owner);
      return { ...common, passkey: { options, recordId } };
    }
    case 'signIn':
      return { ...common, signInUrl: signInUrl(visit.tenant.baseUrl, `proof ${next}`, 'login') };
    case 'authenticator':
      return common;
    default: {
      const identifier = ownAddress(page, method);
      const given = { id: readCookie(page.request, codeCookie) ?? '', identifier };
      const resendAfter = await api.verifications.resendAfter(visit.tenant, visit.owner, given);
      const sent = resendAfter === undefined ? {} : { resendAfter };
      return { ...common, maskedAddress: maskAddress(identifier), ...sent };
    }
  }
}

export function proofRoutes({ api, get, post }: AccountPageRoutes): void {
  const { verifications } = api;
  const prove = async (page: AccountRequest): Promise<string> => {
    const { visit, field, request } = page;
    const { tenant, owner } = visit;
    switch (field('method')) {
      case 'password':
        return (await verifications.password(tenant, owner, field('password'))).verificationRecordId;
      case 'authenticator':
        return (await verifications.authenticator(tenant, owner, field('code'))).verificationRecordId;
      case 'passkey': {
        const id = field('record');
        await verifications.provePasskey(tenant, owner, { id, payload: parseJson(field('payload')) });
        return id;
      }
      default: {
        const id = readCookie(request, codeCookie) ?? '';
        const identifier = ownAddress(page, field('method'));
        await verifications.verifyCode(tenant, owner, { id, identifier, code: field('code') });
        return id;
      }
    }
  };
  const again = async (page: AccountRequest, failure: AldabaError) =>
    page.show(
      await screenOf(api, page, { next: sectionOf(page.field('next')), wanted: page.field('method') }),
      failure,
    );

  get('/proof', 'profile', async (page) => {
    const { next, method: wanted } = textsOf(page.request.query);
    await page.show(await screenOf(api, page, { next: sectionOf(next), wanted }));
  });
  post(
    '/proof',
    'profile',
    async (page) => {
      keepProof(page, await prove(page));
      page.go(`/${sectionOf(page.field('next'))}`, 'proved');
    },
    again,
  );
  post(
    '/proof/send',
    'profile',
    async (page) => {
      const { visit, field, locale, request, reply } = page;
      const identifier = ownAddress(page, field('method'));
      const sent = await verifications.sendCode(visit.tenant, visit.owner, { identifier, isNew: false, locale });
      writeCookie(request, reply, {
        name: codeCookie,
        value: sent.verificationRecordId,
        maxAge: 600,
        path: '/account',
      });
      const query = new URLSearchParams({ next: sectionOf(field('next')), method: identifier.type });
      page.go(`/proof?${query}`);
    },
    again,
  );
}
