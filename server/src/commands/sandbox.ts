import { type Command, type Invocation, UsageError } from './command.ts';

export const sandboxCommands: readonly Command[] = [
  {
    name: 'sandbox',
    summary: 'Let Aldaba play WeChat for this tenant, to try WeChat sign-in without an approved app',
    usage: 'sandbox on|off',
    run: switchSandbox,
  },
];

async function switchSandbox({ app, tenant, words, print }: Invocation): Promise<void> {
  const [choice] = words;
  if (choice !== 'on' && choice !== 'off') throw new UsageError('Say "on" or "off".');
  await app.sandbox.setEnabled(tenant, choice === 'on');
  print(choice === 'on' ? `The sandbox is on: ${tenant.baseUrl}/sandbox` : 'The sandbox is off.');
}
