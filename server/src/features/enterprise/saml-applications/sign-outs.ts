import type { Clock } from '../../../kernel/clock.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import {
  boundedRelayState,
  createLogoutResponse,
  type IncomingMessage,
  type OutgoingMessage,
  SamlRefusal,
  soapBinding,
  statuses,
  verifyLogoutRequest,
} from '../../../services/saml/index.ts';
import type { Queries, Transaction } from '../../../store/database.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { addressesOf, responseAddressOf } from './addresses.ts';
import { nameIdOf, type SignedInUser } from './response.ts';
import type { SamlSecrets } from './secrets.ts';
import { useRequest } from './sign-out-store.ts';
import type { SamlSingleLogout, StartedSignOut } from './single-logout.ts';
import type { SamlConfiguration } from './store.ts';

/** What ends sessions; the protocol's core gives it. */
interface Sessions {
  /** A session that was used for the application: that of the ID, or that of the browser. */
  find: (sessionUid: string | undefined) => Promise<SignedInUser | undefined>;
  end: (tx: Transaction, sessionUid: string) => Promise<void>;
}

interface SignOutAnswer {
  /** The response, or the sign-out of other applications that comes before it. */
  next: OutgoingMessage | StartedSignOut;
  endedUserId: string | undefined;
}

export interface SamlSignOuts {
  /**
   * Ends the sessions that a signed request names, and answers it.
   * @throws SamlRefusal, and AldabaError `saml.not_set_up` without an address for the answer
   */
  answer: (
    tenant: Tenant,
    applicationId: string,
    asked: { message: IncomingMessage; relayState: string | undefined; sessions: Sessions },
  ) => Promise<SignOutAnswer>;
}

interface Needs {
  clock: Clock;
  vault: Vault;
  secrets: SamlSecrets;
  singleLogout: Pick<SamlSingleLogout, 'begin'>;
  configurationOf: (q: Queries, applicationId: string) => Promise<SamlConfiguration>;
}

/** Milliseconds for which a request is remembered: longer than one is accepted. */
const requestLife = 10 * 60_000;

export function createSamlSignOuts({ clock, vault, secrets, singleLogout, configurationOf }: Needs): SamlSignOuts {
  return {
    async answer(tenant, applicationId, { message, relayState, sessions }) {
      const own = await configurationOf(tenant.db, applicationId);
      const { entityId, singleLogoutUrl, requestCertificate } = own;
      if (entityId === null || !isForBrowsers(singleLogoutUrl) || requestCertificate === null)
        throw new AldabaError('saml.not_set_up');
      const { entityId: issuer, signOutUrl: destination } = addressesOf(tenant, applicationId);
      const now = new Date(clock.now());
      const request = verifyLogoutRequest(message, {
        ...{ issuer: entityId, destination, certificates: [requestCertificate], now },
      });
      const once = { applicationId, requestId: request.id, expiresAt: new Date(now.getTime() + requestLife) };
      // A request without an index would end the next session of this browser too.
      if (!(await useRequest(tenant.db, once)))
        throw new SamlRefusal('already_answered', 'the request was answered before');
      const ended: SignedInUser[] = [];
      // Without an index, the request is about the session of this browser.
      for (const uid of request.sessionIndexes.length > 0 ? request.sessionIndexes.slice(0, 20) : [undefined]) {
        const session = await sessions.find(uid);
        // A service provider may end sessions of the user it names, and of no other.
        if (!session || nameIdOf(vault, own, session)?.value !== request.nameId) continue;
        ended.push(session);
      }
      const bounded = boundedRelayState(relayState);
      const [first] = ended;
      const endedUserId = first?.userId;
      if (first) {
        const sessionUids = ended.map(({ sessionUid }) => sessionUid);
        const ending = { kind: 'answer', applicationId, requestId: request.id, relayState: bounded } as const;
        const started = await tenant.db.transaction(async (tx) => {
          const others = { userId: first.userId, sessionUids, ending, except: applicationId };
          const begun = await singleLogout.begin(tx, others);
          for (const uid of sessionUids) await sessions.end(tx, uid);
          return begun;
        });
        if (started) return { next: started, endedUserId };
      }
      const next = createLogoutResponse({
        id: `_${standardId()}`,
        issuedAt: now,
        issuer,
        inResponseTo: request.id,
        destination: responseAddressOf(singleLogoutUrl),
        signing: await secrets.signingKey(tenant.db, applicationId),
        relayState: bounded,
        // A session that has ended already is what was asked for.
        status: statuses.success,
      });
      return { next, endedUserId };
    },
  };
}

/** Whether messages go through the browser. */
const isForBrowsers = (url: SamlConfiguration['singleLogoutUrl']): url is NonNullable<typeof url> =>
  url !== null && url.binding !== soapBinding;
