/** A real Chromium and a small server that shows given pages with their own policy, and records what is posted. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { PageFrame, PageView } from '@aldaba/contract/pages';
import { assets, renderPage } from '@aldaba/pages';
import { type Browser, chromium } from 'playwright-core';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.ALDABA_TEST_CHROMIUM ?? '/usr/bin/chromium-headless-shell',
    args: flags,
  });

interface Posted {
  path: string;
  accept: string | undefined;
  fields: Record<string, string>;
}

export interface PageServer {
  origin: string;
  /** Pages by path. */
  shown: Map<string, { frame: PageFrame; view: PageView }>;
  posted: Posted[];
  /** Paths of everything that was asked for. */
  asked: string[];
  /** What a post is answered with. */
  answer: { status: number; headers: Record<string, string>; body: string };
  /** JSON answers to GET, by path. */
  json: Map<string, unknown>;
  close: () => Promise<void>;
}

const fieldsOf = async (request: IncomingMessage): Promise<Record<string, string>> =>
  Object.fromEntries(new URLSearchParams(await text(request)));

const closing = (server: Server) => (): Promise<void> =>
  new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });

/** Starts the server on a free port of this machine. */
export const startPageServer = async (): Promise<PageServer> => {
  const files = new Map(assets().map((asset) => [asset.path, asset]));
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://page').pathname;
    state.asked.push(path);
    const send = (status: number, headers: Record<string, string>, body: string | Uint8Array) => {
      response.writeHead(status, headers).end(body);
    };
    if (request.method === 'POST') {
      state.posted.push({ path, accept: request.headers.accept, fields: await fieldsOf(request) });
      return send(state.answer.status, state.answer.headers, state.answer.body);
    }
    const file = files.get(path);
    if (file) return send(200, { 'content-type': file.contentType }, file.body);
    if (state.json.has(path))
      return send(200, { 'content-type': 'application/json' }, JSON.stringify(state.json.get(path)));
    const page = state.shown.get(path);
    if (!page) return send(404, {}, '');
    const { html, contentSecurityPolicy } = renderPage(page.frame, page.view);
    send(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': contentSecurityPolicy }, html);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const state: PageServer = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    shown: new Map(),
    posted: [],
    asked: [],
    answer: { status: 200, headers: { 'content-type': 'text/html' }, body: '<!doctype html><title>Posted</title>' },
    json: new Map(),
    close: closing(server),
  };
  return state;
};
