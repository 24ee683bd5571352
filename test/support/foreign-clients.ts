import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startProgram } from './programs.ts';
import { findPython } from './python.ts';

/** A client program of another vendor. */
export interface ForeignClient {
  /** Client identifier it was registered with. */
  id: string;
  /** Base URL without trailing slash. */
  url: string;
  output: () => string;
  stop: () => Promise<void>;
}

export interface ForeignClientSettings {
  port: number;
  issuer: string;
  clientId: string;
  /** Empty for a public client. */
  clientSecret: string;
  environment?: Record<string, string>;
}

const folder = join(import.meta.dirname, '../clients/foreign');

/** Starts a file of `test/clients/foreign`, JavaScript or Python, and waits until it listens. */
export function startForeignClient(program: string, settings: ForeignClientSettings): Promise<ForeignClient> {
  const runtime = program.endsWith('.py') ? findPython() : process.execPath;
  return startClient(runtime, [join(folder, program)], settings);
}

/** Starts any program with the settings in its environment and waits for the line that says it listens. */
export async function startClient(
  file: string,
  args: string[],
  settings: ForeignClientSettings,
  listens = /^Listening|Running on|Starting development server/,
): Promise<ForeignClient> {
  const running = startProgram(file, args, {
    environment: {
      PYTHONUNBUFFERED: '1',
      PYTHONDONTWRITEBYTECODE: '1',
      PORT: String(settings.port),
      ISSUER: settings.issuer,
      CLIENT_ID: settings.clientId,
      CLIENT_SECRET: settings.clientSecret,
      ...settings.environment,
    },
  });
  await running.says(listens);
  return {
    id: settings.clientId,
    url: `http://localhost:${settings.port}`,
    output: running.output,
    stop: () => running.stop(),
  };
}

/** The claims that the home page of a client program shows. @throws AssertionError with the program's own error. */
export async function shownUser(page: Page, client: ForeignClient): Promise<Record<string, unknown>> {
  await page.waitForURL(({ origin }) => origin === client.url);
  const ready = page.locator('#user:not(:empty), #error:not(:empty)').first().waitFor({ state: 'attached' });
  await Promise.race([ready, page.waitForURL(({ searchParams }) => searchParams.has('error'))]);
  const user = page.locator('#user');
  const shown = (await user.count()) > 0 ? await user.textContent() : '';
  if (shown) return JSON.parse(shown);
  return assert.fail(`${page.url()}: ${await page.locator('body').innerText()}\n${client.output()}`);
}
