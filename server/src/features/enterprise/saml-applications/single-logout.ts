import { readCookie } from '../../../http/cookies.ts';
import type { Request } from '../../../http/types.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import {
  createLogoutRequest,
  createLogoutResponse,
  type IncomingMessage,
  type OutgoingMessage,
  statuses,
  verifyLogoutResponse,
} from '../../../services/saml/index.ts';
import type { Queries, Transaction } from '../../../store/database.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { addressesOf, responseAddressOf } from './addresses.ts';
import type { SamlSecrets } from './secrets.ts';
import { ask, type Ending, type SignOutState, type SignOutStep, settle, skip, stepOf } from './sign-out-state.ts';
import * as store from './sign-out-store.ts';
import type { SamlConfiguration } from './store.ts';

/** Where the browser continues, with the cookie that binds the sign-out to it. */
export interface StartedSignOut {
  /** Below the tenant's base path. */
  path: string;
  cookie: { name: string; value: string; maxAge: number };
}

/**
 * Passes a sign-out on to the SAML applications of the ended session, one after the other (SAML profiles section 4.4).
 * The browser carries the messages, because applications find their session by their own cookie.
 */
export interface SamlSingleLogout {
  /**
   * Prepares a sign-out, in the transaction that ends the sessions and before they end. Undefined if no application has
   * to be asked.
   * @param except an application that has ended its session itself
   */
  begin: (
    tx: Transaction,
    ended: { userId: string; sessionUids: readonly string[]; ending: Ending; except?: string },
  ) => Promise<StartedSignOut | undefined>;
  /** The path of an unfinished sign-out of this browser. */
  resume: (request: Request) => Promise<string | undefined>;
  /** The id of the sign-out that the browser's cookie names. */
  idOf: (request: Request) => string | undefined;
  look: (tenant: Tenant, id: string) => Promise<{ step: SignOutStep; ending: Ending } | undefined>;
  /** The request for the next application, after giving up on one that did not answer. */
  next: (
    tenant: Tenant,
    id: string,
  ) => Promise<
    { asks?: { applicationId: string; outgoing: OutgoingMessage }; skipped: string | undefined } | undefined
  >;
  /**
   * Notes the response of an application.
   * @throws SamlRefusal for a response that cannot be trusted, after noting that the application did not confirm
   */
  receive: (
    tenant: Tenant,
    from: { id: string; applicationId: string; message: IncomingMessage },
  ) => Promise<{ userId: string; isConfirmed: boolean } | undefined>;
  /** Ends the sign-out: where the browser goes, or the response to the service provider that began. */
  finish: (
    tenant: Tenant,
    id: string,
  ) => Promise<{ url: string } | { applicationId: string; outgoing: OutgoingMessage } | undefined>;
}

interface Needs {
  clock: Clock;
  vault: Vault;
  secrets: SamlSecrets;
  configurationOf: (q: Queries, applicationId: string) => Promise<SamlConfiguration>;
}

const requestAddressOf: typeof responseAddressOf = ({ binding, url }) => ({ binding, url });
/** Milliseconds. */
const lifetime = 30 * 60_000;
export const signOutPath = '/api/saml/sign-out';
export const signOutCookie = 'saml_sign_out';

export function createSamlSingleLogout({ clock, vault, secrets, configurationOf }: Needs): SamlSingleLogout {
  const contextOf = (tenantId: string) => `${tenantId}/saml-sign-out`;
  const now = () => new Date(clock.now());
  const idOf: SamlSingleLogout['idOf'] = (request) => {
    const sealed = readCookie(request, signOutCookie);
    return sealed === undefined ? undefined : opened(() => vault.open(sealed, contextOf(request.tenant.id)));
  };
  const look: SamlSingleLogout['look'] = async (tenant, id) => {
    const state = await store.findSignOut(tenant.db, { id, now: now() });
    return state && { step: stepOf(state), ending: state.ending };
  };
  const change = <Result>(tenant: Tenant, id: string, work: (state: SignOutState) => [SignOutState, Result]) =>
    tenant.db.transaction(async (tx): Promise<Result | undefined> => {
      const state = await store.findSignOut(tx, { id, now: now(), lock: true });
      if (!state) return undefined;
      const [changed, result] = work(state);
      await store.saveSignOut(tx, id, changed);
      return result;
    });
  /** What every message to an application has. */
  const frameOf = async (tenant: Tenant, applicationId: string, addressOf = requestAddressOf) => {
    const { singleLogoutUrl } = await configurationOf(tenant.db, applicationId);
    if (singleLogoutUrl === null) throw new AldabaError('saml.not_set_up');
    const { entityId: issuer } = addressesOf(tenant, applicationId);
    const signing = await secrets.signingKey(tenant.db, applicationId);
    return { issuedAt: now(), issuer, destination: addressOf(singleLogoutUrl), signing };
  };
  const answer = async (tenant: Tenant, ending: Extract<Ending, { kind: 'answer' }>, isPartial: boolean) =>
    createLogoutResponse({
      ...(await frameOf(tenant, ending.applicationId, responseAddressOf)),
      id: `_${standardId()}`,
      inResponseTo: ending.requestId,
      relayState: ending.relayState,
      // The session has ended here in any case.
      status: statuses.success,
      detail: isPartial ? statuses.partialLogout : undefined,
    });

  return {
    async begin(tx, { userId, sessionUids, ending, except }) {
      const found = (await Promise.all(sessionUids.map((uid) => store.findParticipants(tx, uid)))).flat();
      const others = found.filter(({ applicationId }) => applicationId !== except);
      const left = others.flatMap(({ isReachable, ...participant }) => (isReachable ? [participant] : []));
      const untold = others.filter(({ isReachable }) => !isReachable).map(({ applicationId }) => applicationId);
      if (left.length === 0 && (untold.length === 0 || ending.kind === 'return')) return undefined;
      const id = standardId();
      const state = { userId, left, unconfirmed: [], untold: [...new Set(untold)], ending };
      await store.insertSignOut(tx, { id, state, expiresAt: new Date(clock.now() + lifetime) });
      const value = vault.seal(id, contextOf(tx.tenantId));
      return { path: signOutPath, cookie: { name: signOutCookie, value, maxAge: lifetime / 1000 } };
    },
    idOf,
    look,
    async resume(request) {
      const id = idOf(request);
      return id !== undefined && (await look(request.tenant, id)) ? signOutPath : undefined;
    },
    async next(tenant, id) {
      const requestId = `_${standardId()}`;
      const moved = await change(tenant, id, (state) => {
        const asking = ask(skip(state), requestId);
        return [asking, { asked: asking.asked, skipped: state.asked?.applicationId }];
      });
      if (!moved?.asked) return moved && { skipped: moved.skipped };
      const { applicationId, nameId, nameIdFormat, sessionUid } = moved.asked;
      const outgoing = createLogoutRequest({
        ...(await frameOf(tenant, applicationId)),
        ...{ id: requestId, nameId, nameIdFormat, sessionIndex: sessionUid, relayState: id },
      });
      return { asks: { applicationId, outgoing }, skipped: moved.skipped };
    },
    async receive(tenant, { id, applicationId, message }) {
      const state = await store.findSignOut(tenant.db, { id, now: now() });
      const { asked } = state ?? {};
      if (!state || asked?.applicationId !== applicationId) return undefined;
      const { requestId } = asked;
      const note = (isConfirmed: boolean) =>
        change(tenant, id, (current) => [settle(current, requestId, isConfirmed), undefined]);
      const { entityId, requestCertificate } = await configurationOf(tenant.db, applicationId);
      try {
        const { status } = verifyLogoutResponse(message, {
          issuer: entityId ?? '',
          destination: addressesOf(tenant, applicationId).signOutUrl,
          certificates: requestCertificate === null ? [] : [requestCertificate],
          now: now(),
          inResponseTo: requestId,
        });
        const isConfirmed = status === statuses.success;
        await note(isConfirmed);
        return { userId: state.userId, isConfirmed };
      } catch (error) {
        await note(false);
        throw error;
      }
    },
    async finish(tenant, id) {
      const state = await store.findSignOut(tenant.db, { id, now: now() });
      if (!state || state.asked || state.left.length > 0) return undefined;
      const { ending, unconfirmed, untold } = state;
      const isPartial = unconfirmed.length + untold.length > 0;
      await store.deleteSignOut(tenant.db, id);
      if (ending.kind !== 'answer') return { url: ending.url };
      return { applicationId: ending.applicationId, outgoing: await answer(tenant, ending, isPartial) };
    },
  };
}

/** A cookie of another server, or a changed one, names no sign-out. */
function opened(open: () => string): string | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}
