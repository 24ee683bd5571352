import { type Client, createClient } from '@aldaba/contract/client';
import { currentLanguage } from '../language/language.ts';
import { patternPhrases } from '../patterns/phrases.ts';
import { accessToken } from '../session/session.ts';
import { baseUrlOf } from '../settings.ts';
import { uploadWith } from './upload.ts';

/** Refusals come in the Console's language. */
const makeClient = (tenant: string, send: typeof fetch = fetch): Client =>
  createClient({
    baseUrl: baseUrlOf(tenant),
    token: () => reach(accessToken(tenant)),
    fetch: (url, init) => {
      const headers = new Headers(init?.headers);
      headers.set('accept-language', currentLanguage());
      return reach(send(url, { ...init, headers }));
    },
  });

/** No answer came; the message says so in the Console's language. */
export class UnreachableError extends Error {}

/** @throws UnreachableError */
async function reach<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    // What `fetch` throws without an answer; its message is the browser's.
    if (!(error instanceof TypeError)) throw error;
    const t = await patternPhrases.preload();
    throw new UnreachableError(t('unreachable'), { cause: error });
  }
}

const clients = new Map<string, Client>();

/** The Management API of a tenant, called as the signed-in administrator. */
export function apiOf(tenant: string): Client {
  const found = clients.get(tenant) ?? makeClient(tenant);
  clients.set(tenant, found);
  return found;
}

/** The same for a request that may be given up. */
export const abortableApiOf = (tenant: string, signal: AbortSignal): Client =>
  makeClient(tenant, (url, init) => fetch(url, { ...init, signal }));

/** The same for an upload; `onProgress` gets the share of it that has been sent, 0 to 1. */
export const uploadingApiOf = (tenant: string, onProgress: (share: number) => void): Client =>
  makeClient(tenant, uploadWith(onProgress));
