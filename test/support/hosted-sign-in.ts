import assert from 'node:assert/strict';
import type { CDPSession, Page } from 'playwright-core';
import { barriers } from './accessibility.ts';
import { authorization } from './authorization.ts';
import type { Visitor } from './browser.ts';
import { arrivalAt, startLanding } from './landing.ts';
import { type Operator, operate } from './operator.ts';
import { startServer, type TestServer } from './server.ts';

/** A server with an application whose users sign in on the hosted pages in a browser. */
export interface HostedSignIn {
  server: TestServer;
  operator: Operator;
  /** The application asks for a sign-in. */
  start: (page: Page, extra?: Record<string, string>) => Promise<void>;
  /** Waits until the browser is back at the application, and asserts that the sign-in is complete. */
  arrives: (page: Page) => Promise<void>;
  signOut: (page: Page) => Promise<void>;
  close: () => Promise<void>;
}

export async function openHostedSignIn(options: Parameters<typeof startServer>[0] = {}): Promise<HostedSignIn> {
  const server = await startServer(options);
  const operator = await operate(server);
  const app = await startLanding();
  const redirectUri = `${app.url}/callback`;
  const { id: clientId } = await operator.addApplication({ type: 'SPA', redirectUri });
  return {
    server,
    operator,
    async start(page, extra = {}) {
      await page.goto(authorization({ endpoint: server.url, clientId, redirectUri, extra }).url);
    },
    async arrives(page) {
      assert.ok((await arrivalAt(page, redirectUri)).searchParams.get('code'));
    },
    async signOut(page) {
      await page.goto(`${server.url}/oidc/session/end`);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    },
    async close() {
      app.close();
      await server.close();
    },
  };
}

/** A device whose screen lock keeps passkeys; the user gives the finger at once. */
export async function addPasskeyDevice({ context, page }: Visitor): Promise<CDPSession> {
  const device = await context.newCDPSession(page);
  await device.send('WebAuthn.enable');
  await device.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return device;
}

/** What is beyond an edge of the screen, where pages cut it off. */
const cutOff = `[...document.querySelectorAll('main :not(.rings, .rings *, .visually-hidden, .code-field input), footer *')]
  .filter((part) => part.checkVisibility())
  .filter((part) => part.getBoundingClientRect().right > innerWidth + 1 || part.getBoundingClientRect().left < -1)
  .map((part) => part.outerHTML.slice(0, 200))`;

/**
 * Asserts that a page is accessible in light and dark, and not wider than the screen.
 * @param keep takes a picture in each, for people to look at
 */
export async function assertFits(
  page: Page,
  keep?: (colorScheme: 'light' | 'dark') => Promise<unknown>,
): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // Colors pass into each other.
    await page.evaluate('Promise.allSettled(document.getAnimations().map(({ finished }) => finished))');
    const found = await barriers(page, colorScheme === 'dark' ? 'colors' : undefined);
    assert.deepEqual(found, [], colorScheme);
    await keep?.(colorScheme);
  }
  assert.deepEqual(await page.evaluate(cutOff), [], 'fits the screen');
}
