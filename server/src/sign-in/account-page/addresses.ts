/** The email address and the phone number: a code proves a new one. */

import { readCookie, writeCookie } from '../../http/cookies.ts';
import type { AldabaError } from '../../kernel/errors.ts';
import { requireEmail, requirePhone, shownPhone } from '../../kernel/identifiers.ts';
import { isOfCompany, requireEditable, requireNoCompany, requireShown } from '../account/context.ts';
import { parseJson } from '../pages/page-requests.ts';
import { reachableBy, shownIdentifier } from '../views.ts';
import { type AccountPageRoutes, type AccountRequest, proofPath } from './requests.ts';

/** The new address and the record of its code. */
const pendingCookie = '_account.address';

interface Pending {
  type: 'email' | 'phone';
  address: string;
  recordId: string;
}

function pendingOf({ request }: AccountRequest, type: Pending['type']): Pending | undefined {
  const kept = parseJson(readCookie(request, pendingCookie) ?? '') as Partial<Pending> | undefined | null;
  const { address, recordId } = kept ?? {};
  return kept?.type === type && typeof address === 'string' && typeof recordId === 'string'
    ? { type, address, recordId }
    : undefined;
}

export function addressRoutes(routes: AccountPageRoutes): void {
  for (const type of ['email', 'phone'] as const) routesOf(routes, type);
}

function routesOf({ api, get, post }: AccountPageRoutes, type: Pending['type']): void {
  const { mine, verifications, changes } = api;
  const isCompanys = async ({ user, visit }: AccountRequest): Promise<boolean> =>
    type === 'email' && isOfCompany(user.primaryEmail, await api.context.settings(visit.tenant));
  const isOpen = async (page: AccountRequest): Promise<boolean> =>
    page.visit.center.fields[type] === 'Edit' && !(await isCompanys(page));
  const show = async (page: AccountRequest, failure?: AldabaError) => {
    const { user, visit, field } = page;
    const reachable = reachableBy(await api.context.connectors.available(visit.tenant));
    const value = type === 'email' ? user.primaryEmail : user.primaryPhone && shownPhone(user.primaryPhone);
    const isEditable = await isOpen(page);
    const ofCompany = (await isCompanys(page)) ? { isOfCompany: true } : {};
    const typed = failure ? { typedAddress: field('address') } : {};
    const isChangeable = isEditable && reachable.includes(type);
    return page.show(
      { part: 'address', type, isEditable, isChangeable, ...(value === null ? {} : { value }), ...typed, ...ofCompany },
      failure,
    );
  };
  const showCode = async (page: AccountRequest, failure?: AldabaError) => {
    const pending = pendingOf(page, type);
    if (!pending) return page.go(`/${type}`);
    const identifier = { type, value: pending.address };
    const { tenant, owner } = page.visit;
    const resendAfter = await verifications.resendAfter(tenant, owner, { id: pending.recordId, identifier });
    const wait = resendAfter === undefined ? {} : { resendAfter };
    return page.show({ part: 'address-code', type, address: shownIdentifier(identifier), ...wait }, failure);
  };
  get(`/${type}`, type, async (page) => {
    const { visit } = page;
    requireShown(visit.center, type);
    if ((await isOpen(page)) && !(await changes.isProved(visit))) return page.go(proofPath(type));
    return show(page);
  });
  /** Sends a code to a new address. @param recordId of the code that it replaces */
  const send = async (page: AccountRequest, typed: string, recordId?: string) => {
    const { user, visit, locale, request, reply } = page;
    requireEditable(visit.center, type);
    if (type === 'email') requireNoCompany(user.primaryEmail, await api.context.settings(visit.tenant));
    await changes.requireProof(visit);
    const address = type === 'email' ? requireEmail(typed) : requirePhone(typed);
    const replaced = recordId === undefined ? {} : { id: recordId };
    const given = { identifier: { type, value: address }, isNew: true, locale, ...replaced };
    const sent = await verifications.sendCode(visit.tenant, visit.owner, given);
    const pending: Pending = { type, address, recordId: sent.verificationRecordId };
    const value = JSON.stringify(pending);
    writeCookie(request, reply, { name: pendingCookie, value, maxAge: 600, path: '/account' });
  };
  post(
    `/${type}`,
    type,
    async (page) => {
      await send(page, page.field('address').trim());
      page.go(`/${type}/code`);
    },
    show,
  );
  post(
    `/${type}/code/again`,
    type,
    async (page) => {
      const pending = pendingOf(page, type);
      if (!pending) return page.go(`/${type}`);
      await send(page, pending.address, pending.recordId);
      return page.go(`/${type}/code`, 'resent');
    },
    showCode,
  );
  get(`/${type}/code`, type, (page) => showCode(page));
  post(
    `/${type}/code`,
    type,
    async (page) => {
      const pending = pendingOf(page, type);
      if (!pending) return page.go(`/${type}`);
      const { tenant, owner } = page.visit;
      const identifier = { type, value: pending.address };
      await verifications.verifyCode(tenant, owner, { id: pending.recordId, identifier, code: page.field('code') });
      await mine.setAddress(page.visit, identifier, pending.recordId);
      writeCookie(page.request, page.reply, { name: pendingCookie, value: undefined, path: '/account' });
      return page.go(`/${type}`, 'saved');
    },
    showCode,
  );
  post(
    `/${type}/remove`,
    type,
    async (page) => {
      await mine.removeAddress(page.visit, type);
      page.go(`/${type}`, 'removed');
    },
    show,
  );
}
