import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MovableClock, movableClock } from './clock.ts';
import { connectorsFolder, openMailbox } from './mailbox.ts';
import { type Operator, operate } from './operator.ts';
import { startReceiver } from './receiver.ts';
import { startServer, type TestServer } from './server.ts';

/** Everything that messages of a test go through: connectors for email and phone, and what arrives. */
export interface PostOffice {
  /** Environment of a server that has the connectors. */
  environment: Record<string, string>;
  /** Adds the SMTP connector to the tenant; returns its id. */
  addEmail: (operator: Operator) => Promise<string>;
  /** The same for phones, with a connector of this file. */
  addPhone: (operator: Operator) => Promise<string>;
  /** The code of the next message to an email address or a phone; waits for it. */
  codeTo: (recipient: string) => Promise<string>;
  /** Waits for an email to an address that has the words in it. */
  arrived: (recipient: string, words: RegExp) => Promise<void>;
  /** Every message that was sent. */
  received: () => string;
  close: () => Promise<void>;
}

/** A connector package that posts each message to the address in its configuration. */
const smsPackage = `
  const metadata = {
    id: 'test-sms', target: 'test-sms', platform: null, name: { en: 'SMS' }, description: { en: 'Messages of a test.' },
    logo: './logo.svg', logoDark: null, readme: './guide.md', formItems: [],
  };
  export default async ({ getConfig }) => ({
    type: 'Sms',
    metadata,
    configGuard: { safeParse: (data) => ({ success: true, data }) },
    sendMessage: async ({ to, type, payload }) => {
      const { url } = await getConfig('test-sms');
      await fetch(url, { method: 'POST', body: JSON.stringify({ to, type, code: payload.code }) });
    },
  });`;

export async function openPostOffice(): Promise<PostOffice> {
  const folder = await connectorsFolder();
  const mailbox = await openMailbox();
  const phones = await startReceiver();
  const root = join(folder.path, 'test-sms');
  await mkdir(root);
  const dependencies = { '@logto/connector-kit': '^5.1.0' };
  const manifest = { name: 'test-sms', type: 'module', exports: './index.js', dependencies };
  await writeFile(join(root, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(root, 'index.js'), smsPackage);
  await writeFile(join(root, 'logo.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(root, 'guide.md'), '# Guide');
  return {
    environment: { ...mailbox.environment, CONNECTORS_FOLDER: folder.path },
    addEmail: (operator) => addConnector(operator, 'simple-mail-transfer-protocol', mailbox.config),
    addPhone: (operator) => addConnector(operator, 'test-sms', { url: phones.url }),
    async codeTo(recipient) {
      if (recipient.includes('@')) return mailbox.codeTo(recipient);
      const { body } = await phones.next((request) => JSON.parse(request.body).to === recipient);
      return JSON.parse(body).code;
    },
    arrived: mailbox.arrived,
    received: () => mailbox.received() + phones.requests.map(({ body }) => body).join('\n'),
    async close() {
      await Promise.all([mailbox.close(), phones.close()]);
      await folder.remove();
    },
  };
}

const addConnector = async (operator: Operator, connectorId: string, config: object): Promise<string> =>
  (await operator.call<{ id: string }>('POST', '/api/connectors', { connectorId, config })).id;

/** A server whose messages can be received, at a time that the test moves. */
export interface PostServer {
  post: PostOffice;
  server: TestServer;
  operator: Operator;
  clock: MovableClock;
  close: () => Promise<void>;
}

/** Without connectors and inbox: `post` adds connectors. @param environment in addition to that of the connectors */
export async function startPostServer(environment: Record<string, string> = {}): Promise<PostServer> {
  const post = await openPostOffice();
  const clock = movableClock();
  const server = await startServer({ environment: { ...post.environment, ...environment }, world: { clock } });
  const operator = await operate(server);
  await operator.call('PATCH', '/api/configs/inbox', { enabled: false });
  return {
    post,
    server,
    operator,
    clock,
    async close() {
      await server.close();
      await post.close();
    },
  };
}
