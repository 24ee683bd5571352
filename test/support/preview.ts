import assert from 'node:assert/strict';
import type { Manager } from './management.ts';

/** A preview as the Console gets it. */
export interface Preview {
  screens: string[];
  /** Undefined if users cannot reach the screen. */
  page?: { html: string; headers: Headers; address: string; document: string };
}

/** Asks for a preview, and opens its document as a frame of the Console does. */
export async function preview(api: Manager, query: Record<string, string>, unsaved: object = {}): Promise<Preview> {
  const { status, body } = await api.post(`/api/sign-in-exp/preview?${new URLSearchParams(query)}`, unsaved);
  assert.equal(status, 200, JSON.stringify(body));
  if (body.page === null) return { screens: body.screens };
  const { address, document } = body.page;
  const answer = await openPreview(address, document);
  assert.equal(answer.status, 200);
  return { screens: body.screens, page: { html: await answer.text(), headers: answer.headers, address, document } };
}

export const openPreview = (address: string, document: string): Promise<Response> =>
  fetch(address, { method: 'POST', body: new URLSearchParams({ document }) });
