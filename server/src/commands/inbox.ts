import type { ListedInboxMessage } from '@aldaba/contract';
import { type Command, type Invocation, type Output, oneOf, Refused } from './command.ts';
import { moment, table } from './layout.ts';

/** Messages that are printed. */
const shown = 10;

export const inboxCommands: readonly Command[] = [
  {
    name: 'inbox',
    summary:
      'Show the newest messages with their codes, on a tenant in development without connectors for them; or switch the inbox',
    words: '[on|off|empty]',
    usesConnectors: true,
    run: async (invocation) => {
      const { app, tenant, words } = invocation;
      const choice = words[0] === undefined ? undefined : oneOf(words[0], ['on', 'off', 'empty'], 'The choice');
      if (choice === undefined) return show(invocation);
      if (choice === 'empty') {
        await app.inbox.empty(tenant, {});
        return { text: ['The inbox is empty.'], data: { messages: [] } };
      }
      const enabled = choice === 'on';
      if (enabled) requireAvailable(invocation);
      await app.inbox.setOpen(tenant, enabled, {});
      const receives = await app.connectors.inboxKinds(tenant);
      const on = receives.length > 0 ? 'The inbox is on.' : 'The inbox is on, but connectors send all messages.';
      return { text: [enabled ? on : 'The inbox is off, and its messages are deleted.'], data: { enabled, receives } };
    },
  },
];

function requireAvailable({ app, tenant }: Invocation): void {
  if (app.inbox.isAvailable(tenant)) return;
  throw new Refused('This tenant has no inbox: only tenants at an http address do, except the admin tenant.');
}

async function show({ app, tenant }: Invocation): Promise<Output> {
  const messages = await app.inbox.list(tenant);
  const rows = messages
    .slice(0, shown)
    .map((message) => [
      moment(message.createdAt),
      recipientOf(message),
      message.type,
      message.code ?? message.link ?? '',
    ]);
  return {
    text: table(['Sent (UTC)', 'To', 'For', 'Code or link'], rows, await emptySentence({ app, tenant })),
    data: { messages },
  };
}

const recipientOf = ({ kind, to }: ListedInboxMessage): string => (kind === 'Sms' ? `+${to}` : to);

async function emptySentence({ app, tenant }: Pick<Invocation, 'app' | 'tenant'>): Promise<string> {
  if ((await app.connectors.inboxKinds(tenant)).length > 0)
    return 'The inbox is empty. Ask for a code on a sign-in page.';
  if (!app.inbox.isAvailable(tenant)) return 'This tenant has no inbox: only tenants at an http address do.';
  return (await app.inbox.isOpen(tenant))
    ? 'Connectors send all messages of this tenant.'
    : 'The inbox is off. Switch it on with: ./aldaba inbox on';
}
