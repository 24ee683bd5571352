/**
 * `/me`: administrators see and change their own account on the admin tenant, with a token of the Console.
 *
 * Owns how a call finds its verification record: no request names one, so each sign-in has at most one of a kind, and
 * a proof counts for one change. Everything else is the Account API's (`account/`): what is verified and how, the
 * changes, their audit log entries and notices. The settings of the account center do not limit `/me`. A request enters
 * at `routes.ts`, whose guard has read the token.
 */
import { type Account, type AccountCenter, accountCenterSchema } from '@aldaba/contract';
import { AldabaError } from '../../kernel/errors.ts';
import { normalizeIdentifier } from '../../kernel/identifiers.ts';
import type { Tenant } from '../../tenancy/index.ts';
import type { Visit } from '../account/changes.ts';
import type { AccountApi } from '../account/index.ts';
import type { Owner } from '../account/records.ts';
import { normal } from '../account/verifications.ts';
import { isSameAddress } from '../machine/factor.ts';

/** A call, and the IDs of the records of its sign-in. */
export interface MyVisit extends Visit {
  recordIds: { proof: string; address: string; social: string };
}

interface Waiting {
  expiresAt: number;
}

export interface Me {
  visit: (tenant: Tenant, caller: { userId: string; grantId: string; applicationId: string }) => MyVisit;
  get: (visit: MyVisit) => Promise<Account>;
  update: (
    visit: MyVisit,
    patch: { username?: string | undefined; avatar?: string | null | undefined },
  ) => Promise<Account>;
  updateCustomData: (visit: MyVisit, customData: Record<string, unknown>) => Promise<Record<string, unknown>>;
  provePassword: (visit: MyVisit, password: string) => Promise<Waiting>;
  setPassword: (visit: MyVisit, password: string) => Promise<void>;
  /** To the own address as a proof; to another one with a proof. */
  sendCode: (visit: MyVisit, email: string, locale: string) => Promise<Waiting>;
  /** The code to another address changes the account's. */
  verifyCode: (visit: MyVisit, given: { email: string; code: string }) => Promise<Account>;
  startSocial: (
    visit: MyVisit,
    given: { connectorId: string; state: string; redirectUri: string },
  ) => Promise<{ redirectTo: string }>;
  linkSocial: (visit: MyVisit, given: { connectorId: string; data: Record<string, unknown> }) => Promise<Account>;
  unlinkSocial: (visit: MyVisit, connectorId: string) => Promise<Account>;
  uploadPicture: (visit: MyVisit, bytes: () => Promise<Buffer>) => Promise<string>;
}

/** What the token stands for: the resource itself has no scopes. */
const scopes: ReadonlySet<string> = new Set(['profile', 'email', 'phone', 'custom_data', 'identities']);
const fields: AccountCenter['fields'] = {
  ...{ name: 'ReadOnly', avatar: 'Edit', username: 'Edit', password: 'Edit', email: 'Edit', phone: 'ReadOnly' },
  ...{ social: 'Edit', customData: 'Edit' },
};

export function createMe({ mine, verifications, changes, context }: AccountApi): Me {
  const { connectors, users } = context;
  const isOwnAddress = async ({ tenant, owner }: MyVisit, email: string) => {
    const { primaryEmail: value } = await users.get(tenant.db, owner.userId);
    const asked = normal({ type: 'email', value: email });
    return value !== null && isSameAddress(normalizeIdentifier({ type: 'email', value }), asked);
  };
  return {
    visit: (tenant, { userId, grantId, applicationId }) => {
      const owner: Owner = { userId, signIn: { grantId }, applicationId, scopes };
      const idOf = (kind: string) => `me ${kind} ${grantId}`;
      const recordIds = { proof: idOf('proof'), address: idOf('address'), social: idOf('social') };
      const center = accountCenterSchema.parse({ tenantId: tenant.id, id: 'default', enabled: true, fields });
      return { tenant, owner, center, recordIds, verificationId: recordIds.proof, provesOnce: true };
    },
    get: mine.get,
    update: async (visit, { username, ...patch }) => {
      const isNew = username !== undefined && username !== (await mine.get(visit)).username;
      return mine.update(visit, isNew ? { ...patch, username } : patch);
    },
    updateCustomData: async (visit, customData) => (await mine.update(visit, { customData })).customData ?? {},
    provePassword: async ({ tenant, owner, recordIds }, password) => {
      const { expiresAt } = await verifications.password(tenant, owner, password, recordIds.proof);
      return { expiresAt };
    },
    setPassword: mine.setPassword,
    sendCode: async (visit, email, locale) => {
      const { tenant, owner, recordIds } = visit;
      const isNew = !(await isOwnAddress(visit, email));
      if (isNew) await changes.requireProof(visit);
      const id = isNew ? recordIds.address : recordIds.proof;
      const identifier = { type: 'email', value: email } as const;
      const { expiresAt } = await verifications.sendCode(tenant, owner, { identifier, isNew, locale, id });
      return { expiresAt };
    },
    verifyCode: async (visit, { email, code }) => {
      const { tenant, owner, recordIds } = visit;
      const isNew = !(await isOwnAddress(visit, email));
      if (isNew) await changes.requireProof(visit);
      const id = isNew ? recordIds.address : recordIds.proof;
      const identifier = { type: 'email', value: email } as const;
      await verifications.verifyCode(tenant, owner, { id, identifier, code });
      if (isNew) await mine.setAddress(visit, identifier, id);
      return mine.get(visit);
    },
    startSocial: async (visit, given) => {
      const { tenant, owner, recordIds } = visit;
      await changes.requireProof(visit);
      const { authorizationUri } = await verifications.startSocial(tenant, owner, { ...given, id: recordIds.social });
      return { redirectTo: authorizationUri };
    },
    linkSocial: async (visit, given) => {
      const { tenant, owner, recordIds } = visit;
      await changes.requireProof(visit);
      await verifications.verifySocial(tenant, owner, { ...given, id: recordIds.social });
      await mine.linkIdentity(visit, recordIds.social, false);
      return mine.get(visit);
    },
    unlinkSocial: async (visit, connectorId) => {
      const connector = await connectors.instance(visit.tenant, connectorId);
      if (!connector) throw new AldabaError('entity.not_found');
      await mine.unlinkIdentity(visit, connector.target);
      return mine.get(visit);
    },
    uploadPicture: mine.uploadAvatar,
  };
}
