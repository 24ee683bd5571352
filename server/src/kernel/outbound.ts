import { lookup as lookupHost } from 'node:dns/promises';
import { type ClientRequestArgs, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { type AllowList, createAllowList, isPublicAddress } from './addresses.ts';

export type Fetch = typeof globalThis.fetch;

/**
 * Why an outgoing request failed. The message names the host, never the path or the query; the cause is the system's
 * error, if any.
 */
export class OutboundError extends TypeError {
  readonly reason: 'address' | 'redirect' | 'size' | 'time' | 'network';
  constructor(reason: OutboundError['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OutboundError';
    this.reason = reason;
  }
}

/** Resolves a host's addresses by the system. */
export const resolveBySystem = (host: string): Promise<readonly Address[]> =>
  lookupHost(host, { all: true, verbatim: true });

interface Address {
  address: string;
  family: number;
}

export interface OutboundOptions {
  /** Host names, addresses and CIDR ranges that are allowed although they are not public. */
  allowed: readonly string[];
  /** Milliseconds for a request with its redirects and its body. */
  timeLimit?: number;
  /** Bytes of a response body. */
  sizeLimit?: number;
  /**
   * Keeps connections for later requests to the same addresses. A kept connection may turn out to be closed after a
   * request was sent, which is then sent again: only for requests that may arrive twice.
   */
  keepsConnections?: boolean;
  /**
   * Refuses `http:`, also after a redirect, except to `allowed`: for answers that decide who signs in, such as the keys
   * of a provider, which others on the way could replace.
   */
  requiresEncryption?: boolean;
  /** Resolves a host's addresses; the system's resolver unless a test replaces it. */
  resolve?: (host: string) => Promise<readonly Address[]>;
}

const redirectLimit = 3;
const redirectStatuses = new Set([301, 302, 303, 307, 308]);
const bodylessStatuses = new Set([204, 205, 304]);
const connectionHeaders = [
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'proxy-authorization',
  'transfer-encoding',
  'upgrade',
];

/**
 * The only path to addresses chosen by others (connectors, webhooks, logos): a `fetch` that reaches public addresses
 * only (server-side request forgery, OWASP API7). The name is resolved once and the connection uses the checked
 * address, which defeats DNS rebinding. At most three redirects are followed, each checked like the first address. No
 * cookies and no proxies.
 *
 * @throws OutboundError (a TypeError, like fetch); the signal's reason if the caller aborts
 */
export function createOutbound(options: OutboundOptions): Fetch {
  const allowed = createAllowList(options.allowed);
  const resolve = options.resolve ?? resolveBySystem;
  const timeLimit = options.timeLimit ?? 10_000;
  const sizeLimit = options.sizeLimit ?? 1_048_576;
  const agents = options.keepsConnections ? createAgents() : undefined;
  const { requiresEncryption = false } = options;
  const needs = { allowed, resolve, sizeLimit, agents, requiresEncryption };
  return async (input, { signal: given, ...init } = {}) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const deadline = AbortSignal.timeout(timeLimit);
    // Not passed to `Request`, whose handling of the signal costs more than the rest of the request.
    const asked = given ?? request.signal;
    const signal = AbortSignal.any([asked, deadline]);
    try {
      const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
      const first: Hop = { url, method: request.method, headers: headersOf(request.headers), body };
      return await follow(first, request.redirect, (hop) => send(hop, { ...needs, signal }));
    } catch (error) {
      if (asked.aborted) throw asked.reason;
      if (deadline.aborted) throw new OutboundError('time', `${url.host} did not answer within ${timeLimit} ms`);
      throw error;
    }
  };
}

interface Hop {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

function headersOf(headers: Headers): Record<string, string> {
  const kept = new Headers(headers);
  for (const name of connectionHeaders) kept.delete(name);
  // The body's size is limited as it arrives; a compressed one could grow a thousandfold after that.
  kept.set('accept-encoding', 'identity');
  if (!kept.has('user-agent')) kept.set('user-agent', 'Aldaba');
  return Object.fromEntries(kept);
}

async function follow(first: Hop, mode: RequestRedirect, sendHop: (hop: Hop) => Promise<Response>): Promise<Response> {
  let hop = first;
  for (let redirects = 0; ; redirects += 1) {
    const response = await sendHop(hop);
    const location = response.headers.get('location');
    if (!redirectStatuses.has(response.status) || location === null || mode === 'manual') return response;
    if (mode === 'error') throw new OutboundError('redirect', `${hop.url.host} answered with a redirect`);
    if (redirects === redirectLimit) throw new OutboundError('redirect', `${hop.url.host} redirects too often`);
    hop = nextHop(hop, response.status, location);
  }
}

function nextHop(hop: Hop, status: number, location: string): Hop {
  if (!URL.canParse(location, hop.url.href))
    throw new OutboundError('redirect', `${hop.url.host} redirects to something that is not a URL`);
  const url = new URL(location, hop.url.href);
  if (hop.url.protocol === 'https:' && url.protocol !== 'https:') {
    throw new OutboundError('redirect', `${hop.url.host} redirects from https to another scheme`);
  }
  const becomesGet = status === 303 ? hop.method !== 'HEAD' : status < 303 && hop.method === 'POST';
  const headers = { ...hop.headers };
  // Credentials are meant for the first host only.
  if (url.origin !== hop.url.origin) for (const name of ['authorization', 'cookie']) delete headers[name];
  if (!becomesGet) return { ...hop, url, headers };
  for (const name of ['content-type', 'content-language', 'content-encoding']) delete headers[name];
  return { url, method: 'GET', headers, body: undefined };
}

/** A request and its checked addresses. */
type Checked = ClientRequestArgs & { addresses?: string };

type Agents = ReturnType<typeof createAgents>;

/** Keeps connections by their checked addresses: one is reused only for a request with the same addresses. */
function createAgents() {
  const options = { keepAlive: true, maxFreeSockets: 8, timeout: 15_000 };
  const byAddress = <A extends HttpAgent>(agent: A): A => {
    const nameOf = agent.getName.bind(agent);
    agent.getName = (request?: Checked) => `${nameOf(request)} ${request?.addresses}`;
    return agent;
  };
  return { 'http:': byAddress(new HttpAgent(options)), 'https:': byAddress(new HttpsAgent(options)) };
}

interface SendNeeds extends HostNeeds {
  signal: AbortSignal;
  sizeLimit: number;
  agents: Agents | undefined;
  requiresEncryption: boolean;
}

async function send(hop: Hop, needs: SendNeeds): Promise<Response> {
  const { url, method, headers, body } = hop;
  const { signal, sizeLimit } = needs;
  const addresses = await unlessAborted(signal, checkedAddresses(url, needs));
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      outgoing.destroy();
      reject(
        signal.aborted || error instanceof OutboundError
          ? error
          : new OutboundError('network', `${url.host} could not be reached`, { cause: error }),
      );
    };
    const options: Checked = {
      addresses: addresses.map(({ address }) => address).join(),
      method,
      headers: body === undefined ? headers : { ...headers, 'content-length': String(body.length) },
      agent: needs.agents?.[url.protocol as keyof Agents] ?? false,
      signal,
      // Connects to the checked address, whatever the name resolves to by now.
      lookup: (_host, options, callback) => {
        const [first] = addresses as [Address];
        if (options.all)
          callback(
            null,
            addresses.map((address) => ({ ...address })),
          );
        else callback(null, first.address, first.family);
      },
    };
    const outgoing = request(url, options);
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const wasClosed = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      if (wasClosed && !signal.aborted) resolve(send(hop, { ...needs, agents: undefined }));
      else fail(error);
    });
    outgoing.on('response', (incoming) => {
      readBody(incoming, url.host, sizeLimit)
        .then((bytes) => resolve(toResponse(incoming, bytes)))
        .catch(fail);
    });
    outgoing.end(body);
  });
}

/** A DNS lookup cannot be aborted, but waiting for it can. */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The checked addresses of a URL's host; one that is not public rejects the host. */
async function checkedAddresses(
  url: URL,
  needs: HostNeeds & Pick<SendNeeds, 'requiresEncryption'>,
): Promise<readonly Address[]> {
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new OutboundError('address', 'Only http and https addresses can be called');
  if (url.username !== '' || url.password !== '')
    throw new OutboundError('address', 'An address must not contain a user name or password');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = await checkedHost(host, needs);
  const { allowed } = needs;
  const isAllowed = allowed.hasHost(host) || addresses.every(({ address }) => allowed.hasAddress(address));
  if (needs.requiresEncryption && url.protocol === 'http:' && !isAllowed)
    throw new OutboundError('address', `${host} must be called with https. If http is meant, add it to ${setting}`);
  return addresses;
}

const setting = 'OUTBOUND_ALLOWED_HOSTS';

interface HostNeeds {
  allowed: AllowList;
  resolve: (host: string) => Promise<readonly Address[]>;
}

/** The addresses of a host, without the brackets of a URL; one that is not public rejects the host. */
export async function checkedHost(host: string, { allowed, resolve }: HostNeeds): Promise<readonly Address[]> {
  const family = isIP(host);
  const addresses = family === 0 ? await resolveHost(host, resolve) : [{ address: host, family }];
  const isReachable = ({ address }: Address) => isPublicAddress(address) || allowed.hasAddress(address);
  if (addresses.length === 0) throw new OutboundError('network', `${host} has no address`);
  if (!allowed.hasHost(host) && !addresses.every(isReachable)) {
    throw new OutboundError('address', `${host} is not a public address. If it is meant, add it to ${setting}`);
  }
  return addresses;
}

async function resolveHost(host: string, resolve: HostNeeds['resolve']): Promise<readonly Address[]> {
  try {
    return await resolve(host);
  } catch (error) {
    throw new OutboundError(
      'network',
      `${host} could not be resolved (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
      { cause: error },
    );
  }
}

async function readBody(incoming: IncomingMessage, host: string, sizeLimit: number): Promise<Buffer> {
  const encoding = incoming.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new OutboundError('network', `${host} answered in an encoding that was not asked for`);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > sizeLimit) throw new OutboundError('size', `${host} answered with more than ${sizeLimit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function toResponse(incoming: IncomingMessage, bytes: Buffer): Response {
  const status = incoming.statusCode ?? 0;
  if (status < 200 || status > 599) throw new OutboundError('network', 'The answer has a status that does not exist');
  const headers = new Headers();
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index] as string, incoming.rawHeaders[index + 1] as string);
  }
  return new Response(bodylessStatuses.has(status) ? null : new Uint8Array(bytes), {
    status,
    statusText: incoming.statusMessage ?? '',
    headers,
  });
}
