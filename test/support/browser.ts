import { after } from 'node:test';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/**
 * One Chromium for the whole test run, a new context (own cookies, own storage) for each test.
 * `ALDABA_TEST_CHROMIUM` names the program; without it Debian's place is tried.
 */
const executablePath = process.env.ALDABA_TEST_CHROMIUM ?? '/usr/bin/chromium-headless-shell';

/**
 * An address of a server in a private network, where Chromium offers no `crypto.subtle`, unlike on `localhost`. It is
 * reserved for documentation (RFC 5737), and leads to this machine.
 */
export const plainAddress = '203.0.113.7';

const flags = [
  `--host-resolver-rules=MAP ${plainAddress} 127.0.0.1`,
  '--no-sandbox',
  '--disable-gpu',
  // Letters keep their distances on screens of any resolution.
  '--font-render-hinting=none',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Milliseconds that a page gets for each step; the machine may be busy with other tests. */
const patience = 45_000;

let running: Promise<Browser> | undefined;
// A hook at the top level of a module runs once after all files, since they share one process.
after(async () => {
  const browser = await running;
  await browser?.close();
});

/** A browser of one user: its storage is deleted when it is closed. */
export interface Visitor {
  context: BrowserContext;
  page: Page;
  /** What the pages complained about so far: script errors, refused by the Content-Security-Policy, failed loads. */
  complaints: string[];
  close: () => Promise<void>;
}

/** Opens an empty tab in a context of its own, for a user who wants no motion: nothing waits for transitions. */
export async function openBrowser(options: BrowserContextOptions = {}): Promise<Visitor> {
  running ??= chromium.launch({ executablePath, args: flags });
  const browser = await running;
  const context = await browser.newContext({ locale: 'en-US', reducedMotion: 'reduce', ...options });
  context.setDefaultTimeout(patience);
  const complaints: string[] = [];
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
  });
  return { context, page: await context.newPage(), complaints, close: () => context.close() };
}

/** Settings of a phone's web view. */
export const phoneScreen = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
} satisfies BrowserContextOptions;

export const desktopScreen = { viewport: { width: 1280, height: 800 } } satisfies BrowserContextOptions;

/** Both widths, for flows that are tested at each. */
export const eachScreen = [
  ['phone', phoneScreen],
  ['desktop', desktopScreen],
] as const;
