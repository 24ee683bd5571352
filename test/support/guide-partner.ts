import assert from 'node:assert/strict';
import { fill, type PlaceholderValues } from '../../console/guides/format.ts';
import { openBrowser } from './browser.ts';
import { reader } from './guide-journey.ts';
import type { Variables } from './guide-shell.ts';
import type { FollowedGuide } from './guides.ts';
import type { Operator } from './operator.ts';
import { signIn } from './pages.ts';

/** What the guide of third-party applications promises. */

/** Allows the scopes that the guide's sign-in address requests, as its prose says. */
export async function allowProfile({ appId }: PlaceholderValues, operator: Operator): Promise<Variables> {
  await operator.call('POST', `/api/applications/${appId}/user-consent-scopes`, { userScopes: ['profile'] });
  return {};
}

/** Opens the address of the guide, and expects the consent page; then the partner gets a code. */
export async function checkConsent({ guide, values }: FollowedGuide): Promise<void> {
  const blocks = guide.steps.flatMap(({ blocks: all }) => all);
  const address = blocks.find((block) => block.kind === 'code' && block.language === 'text');
  const callback = blocks.find((block) => block.kind === 'redirect-uri');
  assert.ok(address?.kind === 'code' && callback?.kind === 'redirect-uri');
  const visitor = await openBrowser();
  const { page } = visitor;
  try {
    await page.goto(fill(address.text, values));
    await signIn(page, reader);
    await page.getByRole('heading', { name: `Allow ${guide.title}?` }).waitFor();
    await page.getByText('See your name, username and picture').waitFor();
    // The request alone: no server has the partner's address.
    const [arrived] = await Promise.all([
      page.waitForRequest((request) => request.url().startsWith(callback.uri)),
      page.getByRole('button', { name: 'Allow' }).click(),
    ]);
    const arrival = new URL(arrived.url());
    assert.equal(arrival.searchParams.get('state'), 'test');
    assert.ok(arrival.searchParams.get('code'));
  } finally {
    await visitor.close();
  }
}
