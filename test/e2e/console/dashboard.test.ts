import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { experienceClient } from '../../support/agent.ts';
import { type MovableClock, movableClock } from '../../support/clock.ts';
import { type ConsoleVisitor, inspect, openConsole, screens } from '../../support/console.ts';
import { manage } from '../../support/management.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const day = 86_400_000;

describe('The dashboard of the Console', () => {
  const clock = movableClock();
  let server: TestServer;
  before(async () => {
    server = await startServer({ world: { clock } });
  });
  after(() => server?.close());

  for (const screen of ['desktop', 'phone'] as const)
    it(`shows active and new users as charts and as tables on a ${screen}, once there are users`, async () => {
      const visitor = await openConsole(server, screens[screen]);
      try {
        if (screen === 'desktop') {
          await seeNoUsers(visitor);
          await happen(server, clock);
        }
        await seeActivity(visitor, (name) => inspect(visitor.page, `dashboard-${name}-${screen}`));
        assert.deepEqual(visitor.complaints, []);
      } finally {
        await visitor.close();
      }
    });
});

/** 45 days: a person registers on every 5th and is active for 12 more days; the API creates others later. */
async function happen(server: TestServer, clock: MovableClock): Promise<void> {
  const people: { client: ReturnType<typeof experienceClient>; token: string; since: number }[] = [];
  for (let daysAgo = 45; daysAgo >= 0; daysAgo -= 1) {
    clock.ahead = -daysAgo * day;
    for (const person of people.filter(({ since }) => since - daysAgo <= 12))
      person.token = (await person.client.refresh(person.token)).refresh_token;
    if (daysAgo % 5 === 0) {
      const client = experienceClient(server.url);
      const tokens = await client.redeem(await client.register(`person_${daysAgo}`, 'tulips under stone'));
      people.push({ client, token: tokens.refresh_token, since: daysAgo });
    }
    if (daysAgo > 12) continue;
    const api = await manage(server);
    for (let index = 0; index < (daysAgo * 7) % 4; index += 1)
      await api.post('/api/users', { username: `user_${daysAgo}_${index}` });
  }
}

/** The first steps are hidden, and the figures are there without charts. */
async function seeNoUsers({ page }: ConsoleVisitor): Promise<void> {
  await page.getByRole('button', { name: 'Hide this list' }).click();
  await page.getByText('No sign-ins yet').waitFor();
  assert.equal(await page.getByRole('heading', { name: 'Activity' }).count(), 0);
}

async function seeActivity({ page, open }: ConsoleVisitor, look: (name: string) => Promise<void>): Promise<void> {
  await open('dashboard');
  const total = page.getByRole('article', { name: 'Total users' });
  const active = page.getByRole('article', { name: 'Active users per day' });
  const added = page.getByRole('article', { name: 'New users per day' });
  await active.getByText('9 users active in 30 days').waitFor();
  await active.getByText('5 more than in the 30 days before').waitFor();
  await total.getByText('28 users').waitFor();
  await total.getByText('24 more than 30 days ago').waitFor();
  await active.locator('path.recharts-line-curve').waitFor();
  await added.getByRole('img', { name: /^New users per day/ }).waitFor();
  await look('charts');
  await choose(page, { group: 'Period', from: '30 days', key: 'ArrowLeft' });
  await page.waitForURL(/days=7/);
  await active.getByText('4 users active in 7 days').waitFor();
  await active.getByText('As many as in the 7 days before').waitFor();
  await choose(page, { group: 'Show as', from: 'Chart', key: 'ArrowRight' });
  await page.waitForURL(/view=table/);
  await page.reload();
  assert.deepEqual(await countsOf(active), ['3', '2', '2', '3', '3', '3', '2']);
  assert.deepEqual(await countsOf(total), ['28', '27', '24', '22', '21', '21', '17']);
  assert.deepEqual(await countsOf(added), ['1', '3', '2', '1', '0', '4', '2']);
  await look('tables');
  await choose(page, { group: 'Period', from: '7 days', key: 'ArrowRight' });
  await page.waitForURL((address) => !address.search.includes('days'));
  await active.getByRole('row').nth(30).waitFor();
}

/** Moves a choice with an arrow key. */
async function choose(page: Page, { group, from, key }: { group: string; from: string; key: string }): Promise<void> {
  await page.getByRole('radiogroup', { name: group }).getByRole('radio', { name: from }).focus();
  await page.keyboard.press(key);
}

/** The numbers of the table of a card, newest day first. */
async function countsOf(card: ReturnType<Page['getByRole']>): Promise<string[]> {
  await card.getByRole('row').nth(7).waitFor();
  return card.getByRole('cell').allTextContents();
}
