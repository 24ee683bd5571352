import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';

/** An app without logic: every path answers with a short page. */
export interface Landing {
  /** Without trailing slash. */
  url: string;
  close: () => void;
}

export async function startLanding(): Promise<Landing> {
  const html = '<!doctype html><html lang="en"><title>The app</title><link rel="icon" href="data:,"><p>The app';
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(html);
  }).listen(0);
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Waits until the browser is at the address, and returns all of it. */
export async function arrivalAt(page: Page, address: string): Promise<URL> {
  await page.waitForURL((url) => url.href.startsWith(address));
  return new URL(page.url());
}
