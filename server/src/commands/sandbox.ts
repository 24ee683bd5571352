import { type Command, oneOf, word } from './command.ts';

export const sandboxCommands: readonly Command[] = [
  {
    name: 'sandbox',
    summary:
      'Simulate WeChat, Google, GitHub and other providers for this tenant, to try sign-in without an account there',
    words: 'on|off',
    async run(invocation) {
      const { app, tenant } = invocation;
      const enabled = oneOf(word(invocation, 'on or off'), ['on', 'off'], 'The choice') === 'on';
      await app.sandbox.setEnabled(tenant, enabled);
      return {
        text: [enabled ? `The sandbox is on: ${tenant.baseUrl}/sandbox` : 'The sandbox is off.'],
        data: { enabled, ...(enabled ? { url: `${tenant.baseUrl}/sandbox` } : {}) },
      };
    },
  },
];
