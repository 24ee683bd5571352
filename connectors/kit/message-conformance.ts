import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Connector, EmailTemplate, Message } from './connector.ts';

/** What a connector sent, with all encodings of forms and JSON undone. */
export interface SentRequest {
  readonly url: string;
  readonly headers: Headers;
  readonly text: string;
}

export interface MessageConformanceCase {
  readonly connector: Connector;
  /** A configuration whose template for each use has the use's name in it, e.g. as its text or its code. */
  readonly configFor: (usages: readonly string[]) => Readonly<Record<string, unknown>>;
  /** How the provider answers to a message that it accepts. */
  readonly accept: () => Response;
  /** Whether texts are composed here, and not by the provider. */
  readonly composes: boolean;
}

const silent = { info: () => {}, warn: () => {}, error: () => {} };
/** All uses of messages. */
const usages = [
  'SignIn',
  'Register',
  'ForgotPassword',
  'OrganizationInvitation',
  'Generic',
  'UserPermissionValidation',
  'BindNewIdentifier',
  'MfaVerification',
  'BindMfa',
  'AccountChange',
];

const decode = (text: string): string => {
  const plain = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(plain);
  } catch {
    // It is JSON with a percent sign, not a form.
    return text;
  }
};

const read = async (...[input, init]: Parameters<typeof globalThis.fetch>): Promise<SentRequest> => {
  const request = new Request(input, init);
  const body = await request.text();
  return { url: request.url, headers: request.headers, text: `${decode(request.url)} ${body} ${decode(body)}` };
};

interface Trial {
  readonly usages?: readonly string[];
  readonly message?: Partial<Message>;
  readonly template?: EmailTemplate;
}

const openTrial = (test: MessageConformanceCase) => {
  const { type } = test.connector.metadata;
  const to = type === 'Email' ? 'ana@example.com' : '8613800138000';
  return async ({ usages: known = usages, message = {}, template }: Trial = {}): Promise<SentRequest[]> => {
    const sent: SentRequest[] = [];
    const instance = test.connector.create(test.configFor(known), {
      fetch: async (...request) => {
        sent.push(await read(...request));
        return test.accept();
      },
      now: () => Date.UTC(2026, 0, 1),
      log: silent,
      ...(template ? { findEmailTemplate: async () => template } : {}),
    });
    await instance.sendMessage({ to, type: 'SignIn', payload: { code: '314159' }, ...message }, {});
    return sent;
  };
};

const testTexts = (test: MessageConformanceCase): void => {
  const send = openTrial(test);
  it('sends each use with its own template, to the recipient, with the code', async () => {
    for (const type of usages) {
      const [request, ...more] = await send({ message: { type } });
      assert.ok(request);
      assert.deepEqual(more, []);
      assert.match(request.text, new RegExp(`use-${type}\\b`));
      assert.match(request.text, /314159/);
      assert.match(request.text, /ana@example\.com|13800138000/);
    }
  });

  it('uses the template Generic for a use that has none', async () => {
    const [request] = await send({ usages: ['SignIn', 'Generic'], message: { type: 'BindMfa' } });
    assert.match(request?.text ?? '', /use-Generic\b/);
  });

  it('refuses a configuration without the template Generic', () => {
    assert.equal(test.connector.checkConfig(test.configFor(['SignIn'])).success, false);
  });

  if (!test.composes) return;
  it('answers template_not_found for a link whose template would not show it', async () => {
    const message = { type: 'OrganizationInvitation', payload: { link: 'https://app.example/join' } };
    await assert.rejects(send({ usages: ['Generic'], message }), { code: 'template_not_found' });
  });
};

const testRecipients = (test: MessageConformanceCase): void => {
  const send = openTrial(test);
  it('refuses a recipient that is not one address, and sends nothing', async () => {
    const wrong =
      test.connector.metadata.type === 'Email'
        ? [
            '',
            'ana',
            'ana@example.com\r\nBcc: eve@example.com',
            'a@b.example,c@d.example',
            'Ana <a@b.example>',
            'a b@c.d',
          ]
        : ['', 'ana', '123', '34600000000\n1', '34600000000,34600000001', '1'.repeat(16)];
    for (const to of wrong)
      await assert.rejects(send({ message: { to } }), { code: 'invalid_request_parameters' }, JSON.stringify(to));
  });
};

const testTenantTemplates = (test: MessageConformanceCase): void => {
  const send = openTrial(test);
  it('prefers the tenant’s template, fills it in, escapes names in HTML and keeps header fields in one line', async () => {
    const template = {
      subject: 'For {{user.name}}: {{code}}',
      content: '<p>{{user.name}} {{ code }} {{user.nothing}}{{unknown}}</p>',
      contentType: 'text/html' as const,
      replyTo: 'replies@example.com',
      sendFrom: '{{organization.name}} <team@example.com>',
    };
    const user = { name: '<b>Ana</b>\r\nBcc: eve@example.com' };
    const payload = { code: '314159', user, organization: { name: 'Acme\nX-Evil: 1' } };
    const [request] = await send({ message: { payload }, template });
    const text = request?.text ?? '';
    assert.match(text, /&lt;b&gt;Ana&lt;\/b&gt;.*314159 \{\{unknown\}\}/s);
    assert.match(text, /For <b>Ana<\/b> Bcc: eve@example\.com: 314159/);
    assert.match(text, /Acme X-Evil: 1/);
    assert.doesNotMatch(text, /use-SignIn/);
  });
};

/** Registers, with Node's test runner, the promises of connectors that send messages over HTTP. */
export const messageConformance = (test: MessageConformanceCase): void => {
  describe(`the connector ${test.connector.metadata.id} sends messages`, () => {
    testTexts(test);
    testRecipients(test);
    if (test.composes && test.connector.metadata.type === 'Email') testTenantTemplates(test);
  });
};
