import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { openBrowser } from './browser.ts';
import { freePort, startProgram } from './programs.ts';
import { findPython } from './python.ts';

const root = join(import.meta.dirname, '../..');

/** The Flask example, run by a real Python with the published `logto` package. */
export interface FlaskApp {
  /** Without trailing slash. */
  url: string;
  output: () => string;
  stop: () => Promise<void>;
}

/** Where a Flask app will answer, so that its addresses can be registered before it starts. */
export async function planFlask(): Promise<{ port: number; redirectUri: string; postLogoutUri: string }> {
  const port = await freePort();
  return { port, redirectUri: `http://localhost:${port}/callback`, postLogoutUri: `http://localhost:${port}/` };
}

export interface FlaskSettings {
  port: number;
  /** Base URL of the tenant. */
  endpoint: string;
  appId: string;
  /** Left out for an application without a secret. */
  appSecret?: string;
}

export async function startFlask({ port, endpoint, appId, appSecret }: FlaskSettings): Promise<FlaskApp> {
  const program = startProgram(findPython(), [join(root, 'examples/flask-wechat/app.py')], {
    environment: {
      PYTHONUNBUFFERED: '1',
      PYTHONDONTWRITEBYTECODE: '1',
      APP_PORT: String(port),
      LOGTO_ENDPOINT: endpoint,
      LOGTO_APP_ID: appId,
      LOGTO_APP_SECRET: appSecret ?? '',
    },
  });
  await program.says(/Running on/);
  return { url: `http://localhost:${port}`, output: program.output, stop: () => program.stop() };
}

/** What the file `.env` of the guide says, as its code block in the Console shows it. */
export async function environmentIn(block: Locator): Promise<Record<string, string>> {
  const lines = (await block.locator('code').innerText()).split('\n');
  return Object.fromEntries(lines.map((line) => line.split('=', 2)));
}

/** Runs the app with the values of the guide, and opens its sign-in in a browser of its reader's own. */
export async function visitFlask(
  { port, values }: { port: number; values: Record<string, string> },
  signIn: (page: Page, url: string) => Promise<void>,
): Promise<void> {
  const flask = await startFlask({
    port,
    endpoint: values.LOGTO_ENDPOINT ?? '',
    appId: values.LOGTO_APP_ID ?? '',
    appSecret: values.LOGTO_APP_SECRET ?? '',
  });
  const reader = await openBrowser();
  try {
    await reader.page.goto(`${flask.url}/sign-in`);
    await signIn(reader.page, flask.url);
  } finally {
    await reader.close();
    await flask.stop();
  }
}
