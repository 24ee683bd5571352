/*
 * Leads the requests of published packages to a server on this machine: they call fixed hosts with HTTP clients of
 * their own. Runs in a process of its own, because it replaces Node's clients.
 */
import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';

/** The host that the package meant. */
export const originalHost = 'x-original-host';

type Answer = (response: IncomingMessage) => void;
type Arguments = [string | URL | RequestOptions, (RequestOptions | Answer)?, Answer?];

function read([first, second, third]: Arguments): { url: URL; options: RequestOptions; answer: Answer | undefined } {
  const answer = typeof second === 'function' ? second : third;
  if (typeof first === 'string' || first instanceof URL)
    return { url: new URL(first), options: typeof second === 'object' ? second : {}, answer };
  const host = first.hostname ?? first.host ?? 'localhost';
  return { url: new URL(`${first.protocol ?? 'https:'}//${host}${first.path ?? '/'}`), options: first, answer };
}

/** @param standIn URL of the server that answers for all hosts */
export function redirectRequests(standIn: string): void {
  const target = new URL(standIn);
  const send = http.request;
  const request = (...given: Arguments): ClientRequest => {
    const { url, options, answer } = read(given);
    if (url.hostname === target.hostname) return send(url, options, answer);
    const { host: _, Host: __, ...headers } = { ...(options.headers as Record<string, string>) };
    const { method = 'GET', signal, timeout } = options;
    return send(
      {
        host: target.hostname,
        port: target.port,
        path: options.path ?? `${url.pathname}${url.search}`,
        headers: { ...headers, [originalHost]: url.host },
        method,
        ...(signal ? { signal } : {}),
        ...(timeout === undefined ? {} : { timeout }),
      },
      answer,
    );
  };
  const get = (...given: Arguments): ClientRequest => request(...given).end();
  for (const module of [http, https]) Object.assign(module, { request, get });
  syncBuiltinESMExports();

  const fetch = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const asked = new Request(input, init);
    const url = new URL(asked.url);
    if (url.hostname === target.hostname) return fetch(asked);
    const headers = new Headers(asked.headers);
    headers.set(originalHost, url.host);
    const body = asked.body === null ? undefined : await asked.arrayBuffer();
    return fetch(new URL(`${url.pathname}${url.search}`, target), {
      method: asked.method,
      headers,
      redirect: asked.redirect,
      ...(body === undefined ? {} : { body }),
    });
  };
}
