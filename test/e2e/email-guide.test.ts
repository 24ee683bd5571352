import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { findRoot } from '../../server/src/root.ts';
import { openBrowser } from '../support/browser.ts';
import { type CommandLine, commandLine } from '../support/command-line.ts';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import { goodPassword } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** The blocks of the guide in one language, in their order. */
async function blocksOf(language: string): Promise<string[]> {
  const guide = await readFile(join(findRoot(process.env), 'docs/email.md'), 'utf8');
  return [...guide.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, kind, code = '']) =>
    kind === language ? [code] : [],
  );
}

describe('Guide to email by SMTP', () => {
  let folder: string;
  let mailbox: Mailbox;
  let server: TestServer;
  let aldaba: CommandLine;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aldaba-email-'));
    mailbox = await openMailbox();
    server = await startServer({ environment: mailbox.environment });
    aldaba = commandLine(server, { dataFolder: folder, environment: mailbox.environment });
  });
  after(async () => {
    await server?.close();
    await mailbox?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs the commands of a block, with the file at its place. */
  const runBlock = async (block: string) => {
    const commands = block.split('\n').filter((line) => line.startsWith('./aldaba '));
    assert.ok(commands.length > 0, block);
    for (const command of commands) {
      const words = command.split(' ').slice(1);
      const run = await aldaba(...words.map((word) => (word === 'smtp.json' ? join(folder, word) : word)));
      assert.equal(run.code, 0, `${command}\n${run.out}${run.err}`);
    }
  };

  it('signs a user up with a code by following the guide command by command', async () => {
    const [configuration = ''] = await blocksOf('json');
    const steps = (await blocksOf('sh')).filter((block) => block.includes('./aldaba '));
    const [add = '', signUp = '', change = '', ...more] = steps;
    assert.deepEqual(more, []);
    // The mail server of the guide, at a port that is free here.
    assert.match(configuration, /"port": 1025,/);
    const ownPort = configuration.replace('"port": 1025,', `"port": ${mailbox.config.port},`);
    await writeFile(join(folder, 'smtp.json'), ownPort);
    await runBlock(add);
    assert.match(mailbox.received(), /RCPT TO:<ana@example\.com>[\s\S]*Your code is 000000\./);
    await runBlock(signUp);
    await signUpAs('ana@example.org');
    await runBlock(change);
  });

  const signUpAs = async (address: string) => {
    const { page, close } = await openBrowser();
    try {
      await page.goto(`${server.url}/demo-app`);
      await page.getByText('Create an account', { exact: true }).click();
      await page.getByLabel('Email').fill(address);
      await page.getByRole('button', { name: 'Continue', exact: true }).click();
      await page.getByRole('heading', { name: 'Check your email' }).waitFor();
      await page.getByLabel('Code').fill(await mailbox.codeTo(address));
      await page.getByRole('button', { name: 'Continue', exact: true }).click();
      await page.getByRole('heading', { name: 'One last step' }).waitFor();
      await page.getByLabel('Choose a password').fill(goodPassword);
      await page.getByRole('button', { name: 'Continue', exact: true }).click();
      await page.getByRole('heading', { name: /^Hello, / }).waitFor();
    } finally {
      await close();
    }
  };
});
