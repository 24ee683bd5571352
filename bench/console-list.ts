/** The list of users in the Console, in Chromium: how long its answer takes, and the rows after it. */
import type { PerformanceResourceTiming } from 'node:perf_hooks';
import { chromium, type Page } from 'playwright-core';
import { percentile } from './measurement.ts';

const executablePath = process.env.ALDABA_TEST_CHROMIUM ?? '/usr/bin/chromium-headless-shell';
const times = 10;

/** Milliseconds, each a median. */
interface ListTimes {
  /** From the request to the end of its answer. */
  answer: number;
  /** From the end of the answer to the first frame with all rows. */
  rows: number;
}

/** Remembers the first frame that has the rows of a page. */
const watchRows = `const watch = () => {
  if (document.querySelectorAll('tbody tr a').length < 20) requestAnimationFrame(watch);
  else requestAnimationFrame(() => { globalThis.shownAt = performance.now(); });
};
watch();`;

/** @param adminLink the one-time link of the first administrator */
export async function measureConsoleList(url: string, adminLink: string): Promise<ListTimes> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await signUp(page, adminLink);
    await page.addInitScript(watchRows);
    const loads: ListTimes[] = [];
    for (let load = 0; load < times; load += 1) loads.push(await openList(page, `${url}/console/t/default/users`));
    const median = (of: keyof ListTimes) =>
      percentile(
        loads.map((each) => each[of]).sort((a, b) => a - b),
        0.5,
      );
    return { answer: median('answer'), rows: median('rows') };
  } finally {
    await browser.close();
  }
}

async function signUp(page: Page, adminLink: string): Promise<void> {
  const password = 'tulips under stone';
  await page.goto(adminLink);
  await page.locator('[name=username]').fill(`bench_${Date.now()}`);
  await page.locator('[name=password]').fill(password);
  await page.locator('[name=confirmPassword]').fill(password);
  await page.locator('button[type=submit]').first().click();
  await page.locator('nav').first().waitFor({ state: 'attached' });
}

async function openList(page: Page, address: string): Promise<ListTimes> {
  await page.goto(address);
  // A function: the policy of the page refuses scripts that are given as text.
  const seen = await page.waitForFunction((): ListTimes | undefined => {
    const answers = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    const list = answers.find(({ name }) => /\/api\/users\?page=1(&|$)/.test(name));
    const { shownAt } = globalThis as { shownAt?: number };
    if (!list || shownAt === undefined) return undefined;
    return { answer: list.responseEnd - list.requestStart, rows: shownAt - list.responseEnd };
  });
  return (await seen.jsonValue()) as ListTimes;
}
