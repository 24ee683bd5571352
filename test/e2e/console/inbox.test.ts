import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { assertFits, type ConsoleVisitor, inspect, openConsole, screens } from '../../support/console.ts';
import { type Operator, operate } from '../../support/operator.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const html = `<div style="font-family: sans-serif; padding: 24px"><h1 style="color: #4f46e5">Acme</h1>
<p>Your code is <b>{{code}}</b>.</p><img src="https://tracker.example.com/pixel.png" alt="Acme’s logo">
<form action="https://evil.example.com"><button>Confirm</button></form>
<script>document.body.textContent = 'the script ran'</script></div>`;

// security: development-inbox
for (const screen of ['desktop', 'phone'] as const) {
  describe(`The inbox in the Console on a ${screen}`, () => {
    let server: TestServer;
    let operator: Operator;
    let visitor: ConsoleVisitor;
    before(async () => {
      server = await startServer();
      operator = await operate(server);
      visitor = await openConsole(server, screens[screen]);
    });
    after(async () => {
      await visitor?.close();
      await server?.close();
    });

    const sendTo = (address: object) => operator.call('POST', '/api/verification-codes', address);
    const look = (name: string) => inspect(visitor.page, `inbox-${name}-${screen}`);
    const newest = async () => {
      const [message] = await operator.call<{ code: string }[]>('GET', '/api/inbox/messages');
      return message?.code ?? '';
    };
    /** The navigation: on phones a sheet. */
    const openNavigation = async (page: Page) => {
      if (screen === 'desktop') return page.getByRole('navigation', { name: 'Navigation' });
      await page.getByRole('button', { name: 'Open navigation' }).click();
      return page.getByRole('dialog', { name: 'Navigation' });
    };

    it('shows codes as they arrive, the newest first, and the text of mail without running it', async () => {
      const { page } = visitor;
      await (await openNavigation(page)).getByRole('link', { name: 'Inbox' }).click();
      await page.getByText('No messages yet').waitFor();
      await look('empty');
      await sendTo({ phone: '34600111222' });
      await page.getByRole('link', { name: '+34600111222' }).waitFor();
      const details = { subject: 'Your code for Acme', content: html, contentType: 'text/html' };
      await operator.call('PUT', '/api/email-templates', {
        templates: [{ languageTag: 'en', templateType: 'Generic', details }],
      });
      await sendTo({ email: 'maria.fernandez.de.la.vega@subsidiary.example.com' });
      const first = page.getByRole('navigation', { name: 'Messages' }).getByRole('link').first();
      await page.getByRole('link', { name: /^maria\.fernandez/ }).waitFor();
      assert.match((await first.textContent()) ?? '', /^maria/);
      const code = await newest();
      await page.getByText(code).first().waitFor();
      await look('list');
      await first.click();
      await page.getByRole('heading', { name: 'Your code for Acme' }).waitFor();
      const message = page.getByRole('region', { name: 'Message' });
      assert.equal(await message.getByRole('status', { name: 'Code' }).textContent(), code);
      const mail = page.frameLocator('iframe[title="Content of the message"]');
      await mail.getByText(`Your code is ${code}`).waitFor();
      await look('mail');
      await mail.getByRole('button', { name: 'Confirm' }).click();
      assert.equal(await mail.getByRole('heading', { name: 'Acme' }).textContent(), 'Acme');
      await message.getByRole('button', { name: /^Copy code to maria/ }).click();
      await message.getByText('Copied').waitFor({ state: 'attached' });
      await assertFits(page);
      if (screen === 'phone') await page.getByRole('link', { name: 'All messages' }).click();
      await page.getByRole('link', { name: '+34600111222' }).click();
      await page.getByRole('heading', { name: 'Code' }).waitFor();
    });

    it('can be emptied and switched off, leaves the navigation then, and can be switched on again', async () => {
      const { page } = visitor;
      await visitor.open('inbox');
      await page.getByRole('button', { name: 'Delete all' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Delete all' }).click();
      await page.getByText('No messages yet').waitFor();
      await page.getByRole('button', { name: 'Switch off' }).click();
      await look('question');
      await dialog.getByRole('button', { name: 'Switch off' }).click();
      await page.getByText('The inbox is off').waitFor();
      await look('off');
      const navigation = await openNavigation(page);
      await navigation.getByRole('link', { name: 'Connectors' }).waitFor();
      await navigation.getByRole('link', { name: 'Inbox' }).waitFor({ state: 'detached' });
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Switch the inbox on' }).click();
      await page.getByText('No messages yet').waitFor();
    });

    it('leaves the navigation for tenants whose connectors send everything', async () => {
      const { page } = visitor;
      await operator.call('POST', '/api/connectors', {
        connectorId: 'http-email',
        config: { endpoint: 'https://mail.example.com' },
      });
      await visitor.open('inbox');
      await page.getByText('Text messages arrive here').waitFor();
      await operator.call('POST', '/api/connectors', {
        connectorId: 'http-sms',
        config: { endpoint: 'https://sms.example.com' },
      });
      await visitor.open('inbox');
      await page.getByText('Connectors send all messages').waitFor();
      const navigation = await openNavigation(page);
      await navigation.getByRole('link', { name: 'Connectors' }).waitFor();
      assert.equal(await navigation.getByRole('link', { name: 'Inbox' }).count(), 0);
      // What the frame keeps the mail from doing.
      assert.deepEqual(
        visitor.complaints.filter((complaint) => !complaint.includes('about:srcdoc')),
        [],
      );
    });
  });
}
