import { type Client, createClient } from '@aldaba/contract/client';
import { currentLanguage } from '../language/language.ts';
import { accessToken } from '../session/session.ts';
import { baseUrlOf } from '../settings.ts';

const clients = new Map<string, Client>();

/** The Management API of a tenant, called as the signed-in administrator. Refusals come in the Console's language. */
export function apiOf(tenant: string): Client {
  const found =
    clients.get(tenant) ??
    createClient({
      baseUrl: baseUrlOf(tenant),
      token: () => accessToken(tenant),
      fetch: (url, init) => {
        const headers = new Headers(init?.headers);
        headers.set('accept-language', currentLanguage());
        return fetch(url, { ...init, headers });
      },
    });
  clients.set(tenant, found);
  return found;
}
