import type { Socket } from 'node:net';
import {
  BindRequest,
  ExtendedRequest,
  PagedResultsControl,
  PasswordPolicyControl,
  type SearchEntry,
  SearchRequest,
  UnbindRequest,
} from 'ldapts';
import { OutboundError } from '../../kernel/outbound.ts';
import type { Connect } from '../../kernel/outbound-socket.ts';
import type { LdapDeadline } from './deadline.ts';
import { accountStateOf, LdapError, resultError } from './errors.ts';
import { createExchange, type Exchange, type ExchangeLimits } from './exchange.ts';
import { anyEntry, type LdapFilter } from './filters.ts';
import { completeEntry } from './ranges.ts';
import { secure } from './socket.ts';
import type { LdapEntry } from './values.ts';

export interface LdapServer {
  host: string;
  port: number;
  /** `tls`: from the start. `none` sends passwords as they are. */
  security: 'tls' | 'starttls' | 'none';
  /** In place of the authorities that the system trusts; PEM. */
  caCertificate?: string | undefined;
}

export interface LdapLimits {
  /** Milliseconds for the connection and for the TLS handshake. */
  connect: number;
  /** Milliseconds for the answer to one request: a bind, or a page of a search. */
  answer: number;
  /** Bytes of the answer to one request. */
  bytes: number;
  /** Pages of one search: a directory may say for ever that more follow. */
  pages: number;
  /** For the connection and everything that is asked over it. */
  deadline?: LdapDeadline;
}

interface LdapSearch {
  base: string;
  scope: 'base' | 'sub';
  filter: LdapFilter;
  attributes: readonly string[];
}

interface LdapPage {
  entries: LdapEntry[];
  /** Referrals, which are not followed. */
  references: number;
}

/** A connection to a directory. Every method throws LdapError. */
export interface LdapConnection {
  /**
   * @throws LdapError `credentials` if the password is wrong or has to be changed, and for an empty one, which would
   *   not be checked
   */
  bind: (dn: string, password: string) => Promise<void>;
  /** At most `limit` entries; one more is enough to know that a value is not unique. */
  find: (search: LdapSearch, limit: number) => Promise<LdapEntry[]>;
  /**
   * All entries, by pages (RFC 2696). The end is reached only when the server says so: what is cut short throws.
   */
  pages: (search: LdapSearch, pageSize: number) => AsyncGenerator<LdapPage>;
  close: () => void;
}

/** Opens a connection with the security that was asked for, never with less. @throws LdapError */
export async function openLdap(connect: Connect, server: LdapServer, limits: LdapLimits): Promise<LdapConnection> {
  const { host, port, security, caCertificate } = server;
  const { connect: timeout, answer, bytes, pages, deadline } = limits;
  const options = { host, caCertificate, timeout, deadline };
  const bounds = { timeout: answer, bytes, deadline };
  const plain = await reach(connect, { host, port }, { timeout, deadline });
  if (security === 'none') return createConnection(createExchange(plain, bounds), pages);
  const encrypted = await secure(security === 'tls' ? plain : await startTls(plain, bounds), options);
  return createConnection(createExchange(encrypted, bounds), pages);
}

async function reach(
  connect: Connect,
  address: { host: string; port: number },
  { timeout, deadline }: Pick<ExchangeLimits, 'timeout' | 'deadline'>,
): Promise<Socket> {
  const late = AbortSignal.timeout(timeout);
  try {
    return await connect({ ...address, signal: deadline ? AbortSignal.any([late, deadline]) : late });
  } catch (error) {
    deadline?.throwIfAborted();
    if (late.aborted)
      throw new LdapError('time', `The directory was not reached within ${timeout} ms`, { cause: error });
    const reason = error instanceof OutboundError ? error.reason : undefined;
    if (reason === 'address')
      throw new LdapError('address', 'The address is not public. Add it to OUTBOUND_ALLOWED_HOSTS', { cause: error });
    throw new LdapError('unreachable', 'The directory could not be reached', { cause: error });
  }
}

const startTlsName = '1.3.6.1.4.1.1466.20037';

/** Asks for TLS (RFC 4511 section 4.14). What the server sent beyond its answer is not read as part of the session. */
async function startTls(socket: Socket, bounds: ExchangeLimits): Promise<Socket> {
  const exchange = createExchange(socket, bounds);
  const { result } = await exchange.send(new ExtendedRequest({ messageId: 1, oid: startTlsName }));
  if (result.status !== 0) {
    exchange.close();
    throw new LdapError('starttls', 'The directory refused StartTLS', { resultCode: result.status });
  }
  return exchange.release();
}

function createConnection(exchange: Exchange, maximumPages: number): LdapConnection {
  let last = 1;
  const nextId = () => {
    last += 1;
    return last;
  };
  const search = async (
    { base, scope, filter, attributes }: LdapSearch,
    more: { sizeLimit?: number; control?: PagedResultsControl },
  ) =>
    exchange.send(
      new SearchRequest({
        ...{ messageId: nextId(), baseDN: base, scope, filter, attributes: [...attributes] },
        ...{ sizeLimit: more.sizeLimit ?? 0, timeLimit: 0, controls: more.control ? [more.control] : [] },
      }),
    );
  const complete = async (found: readonly SearchEntry[]): Promise<LdapEntry[]> => {
    const entries: LdapEntry[] = [];
    for (const entry of found) {
      const read = async (attribute: string) => {
        const asked = { base: entry.name, scope: 'base', filter: anyEntry(), attributes: [attribute] } as const;
        const { result, entries: found } = await search(asked, {});
        if (result.status !== success) throw resultError(result.status, result.errorMessage);
        return found[0]?.attributes ?? [];
      };
      entries.push(await completeEntry(entry, read));
    }
    return entries;
  };
  return {
    async bind(dn, password) {
      // RFC 4513 section 5.1.2: a server may accept a name without a password, and has checked nothing then.
      if (dn === '' || password === '') throw new LdapError('credentials', 'A name or a password is missing');
      // The answer is written into it.
      const policy = new PasswordPolicyControl();
      const { result } = await exchange.send(
        new BindRequest({ messageId: nextId(), dn, password, controls: [policy] }),
      );
      const { status, errorMessage } = result;
      if (status === success && policy.value?.error === undefined) return;
      // OpenLDAP accepts a password that has to be changed, for nothing but the change.
      throw resultError(
        status === success ? invalidCredentials : status,
        errorMessage,
        status === success || status === invalidCredentials
          ? accountStateOf(errorMessage, policy.value?.error)
          : undefined,
      );
    },
    async find(asked, limit) {
      const { result, entries } = await search(asked, { sizeLimit: limit });
      const isCut = result.status === sizeLimitExceeded && entries.length >= limit;
      if (result.status !== success && !isCut) throw resultError(result.status, result.errorMessage);
      return complete(entries);
    },
    async *pages(asked, size) {
      let cookie: Buffer | undefined;
      let count = 0;
      do {
        count += 1;
        if (count > maximumPages) throw new LdapError('size', `The search has more than ${maximumPages} pages`);
        const control = new PagedResultsControl({ critical: true, value: { size, ...(cookie ? { cookie } : {}) } });
        const { result, entries, references } = await search(asked, { control });
        if (result.status !== success) throw resultError(result.status, result.errorMessage);
        const answered = result.controls?.find((each) => each instanceof PagedResultsControl);
        // Without it nothing says whether more is to come.
        if (!answered?.value) throw new LdapError('broken', 'The directory does not page its results (RFC 2696)');
        cookie = answered.value.cookie;
        yield { entries: await complete(entries), references };
      } while (cookie && cookie.length > 0);
    },
    close() {
      exchange.tell(new UnbindRequest({ messageId: nextId() }));
      exchange.close();
    },
  };
}

const success = 0;
const sizeLimitExceeded = 4;
const invalidCredentials = 49;
