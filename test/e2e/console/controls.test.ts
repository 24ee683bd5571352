import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ConsoleVisitor, inspect, openConsole, screens } from '../../support/console.ts';
import { manage } from '../../support/management.ts';
import { startServer, type TestServer } from '../../support/server.ts';

/** Controls that can be used and whose edge is less than 3:1 from what is around them (WCAG 2.2, 1.4.11). */
const faintControls = `(() => {
  const channels = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((value) => {
      const share = value / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (part) => {
    const color = part ? getComputedStyle(part).backgroundColor : 'rgb(255, 255, 255)';
    return (channels(color)[3] ?? 1) === 0 ? behind(part.parentElement) : color;
  };
  const contrast = (a, b) => {
    const [high, low] = [luminance(a), luminance(b)].sort((one, other) => other - one);
    return (high + 0.05) / (low + 0.05);
  };
  const controls = 'input.mantine-Input-input, textarea, input[type=checkbox]:not([role=switch]), input[type=radio]:not(.mantine-SegmentedControl-input), .mantine-SegmentedControl-indicator, .mantine-Switch-track';
  return [...document.querySelectorAll(controls)].flatMap((control) => {
    const isOff = control.matches(':disabled') || control.parentElement.querySelector('input:disabled');
    if (!control.checkVisibility() || isOff || control.matches(':checked')) return [];
    const style = getComputedStyle(control);
    const edge = control.matches('.mantine-Switch-track') ? style.backgroundColor : style.borderTopColor;
    const ratio = contrast(edge, behind(control.parentElement));
    return ratio < 3 ? [ratio.toFixed(2) + ' ' + control.outerHTML.slice(0, 160)] : [];
  });
})()`;

describe('The controls of the Console', () => {
  let server: TestServer;
  let visitor: ConsoleVisitor;
  before(async () => {
    server = await startServer();
    visitor = await openConsole(server, screens.desktop);
  });
  after(async () => {
    await visitor?.close();
    await server?.close();
  });

  it('have edges that can be seen, in light and dark', async () => {
    const { page } = visitor;
    for (const [path, ready] of [
      ['sign-in-experience/methods', 'Sign-up identifier'],
      ['sign-in-experience/languages', 'Search phrases'],
      ['account-center', 'Name'],
    ] as const) {
      await page.goto(`${server.url}/console/t/default/${path}`);
      await page.getByLabel(ready).first().waitFor();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.locator(`:root[data-mantine-color-scheme=${colorScheme}]`).waitFor();
        assert.ok((await page.locator('input.mantine-Input-input').count()) > 0);
        assert.deepEqual(await page.evaluate(faintControls), [], `${path} in ${colorScheme}`);
      }
    }
  });

  it('have no barriers while a list of options or a menu is open, in light and dark', async () => {
    const { page } = visitor;
    await page.emulateMedia({ colorScheme: null });
    const api = await manage(server);
    await api.post('/api/users', { username: 'mei', name: 'Mei' });
    const open = async (path: string, role: 'combobox' | 'button', name: string) => {
      await visitor.open(path);
      await page.getByRole(role, { name }).first().click();
      await page.mouse.move(0, 0);
      await page
        .getByRole(role === 'button' ? 'menuitem' : 'option')
        .first()
        .waitFor();
      await inspect(page, `open-${path.replaceAll('/', '-')}`);
      await page.keyboard.press('Escape');
    };
    // Longer than its list, so that it scrolls.
    await open('audit-logs', 'combobox', 'Event');
    await page.getByRole('combobox', { name: 'Event' }).click();
    // The last one comes before the first.
    await page.keyboard.press('ArrowUp');
    const chosen = page.locator('[role=option][data-combobox-selected]');
    await chosen.waitFor();
    const isInView = await chosen.evaluate((option) => {
      const list = option.closest('[role=listbox]');
      const [own, shown] = [option, list].map((part) => part?.getBoundingClientRect());
      return (
        list !== null &&
        list.scrollTop > 0 &&
        own !== undefined &&
        shown !== undefined &&
        own.bottom <= shown.bottom + 1
      );
    });
    assert.ok(isInView, 'the list follows the keys');
    await page.keyboard.press('Escape');
    await open('sign-in-experience/methods', 'combobox', 'Sign-up identifier');
    await open('multi-factor', 'combobox', 'Setup of a second factor');
    await open('users', 'button', 'Actions for Mei');
  });
});
