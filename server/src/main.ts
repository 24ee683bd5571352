/** `npm start`: the server as a process. Only this file and `cli.ts` touch `process`. */
import { createServer } from 'node:net';
import { type App, createApp } from './app.ts';
import { type Config, readConfig } from './config.ts';
import { surviveFailures } from './failsafe.ts';
import { findRoot } from './root.ts';
import { explainStart, listenFailure } from './start-failure.ts';
import { type OpenWorld, openWorld } from './world.ts';

const print = (line = '') => process.stdout.write(`${line}\n`);
const progress = (message: string) => print(`  · ${message}`);

/** Milliseconds that requests in flight get to finish after a signal. */
const drainTime = 10_000;

/** Listens on the port for a moment, to report a port in use before the database is created. */
async function requirePort(config: Config): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error) => reject(listenFailure(config, error)));
    probe.listen({ port: config.PORT, host: config.HOST }, () => probe.close(() => resolve()));
  });
}

async function listen(app: App, config: Config): Promise<void> {
  try {
    await app.http.listen({ port: config.PORT, host: config.HOST });
  } catch (error) {
    throw listenFailure(config, error);
  }
}

function announce(
  config: Config,
  { consoleUrl, inboxUrl, adminLink }: Record<'inboxUrl' | 'adminLink', string | undefined> & { consoleUrl: string },
): void {
  print();
  print(`  Aldaba is ready at ${config.ENDPOINT}`);
  print();
  print(`  Console            ${consoleUrl}`);
  print(`  Try it             ${config.ENDPOINT}/demo-app`);
  print(`  For your app       ${config.ENDPOINT}/oidc/.well-known/openid-configuration`);
  if (inboxUrl) print(`  Codes go to the inbox: ${inboxUrl}`);
  if (adminLink) {
    print(`  First administrator (this link works once, for 30 minutes)`);
    print(`                     ${adminLink}`);
  }
  print();
  print('  Stop with Ctrl-C. What to do next: docs/getting-started.md');
  print();
}

/**
 * Ends in order at the first signal; a second one, or a hanging request, ends at once. A defect ends in order too, with
 * exit code 1.
 */
function stopOnSignal(app: App, world: OpenWorld): void {
  let stopping = false;
  const stop = async (reason: string, exitCode: number) => {
    if (stopping) process.exit(1);
    stopping = true;
    print(`\n  ${reason}: finishing requests, then stopping the database …`);
    const limit = setTimeout(() => app.http.server.closeAllConnections(), drainTime);
    try {
      await app.close();
      clearTimeout(limit);
      await world.stop();
      process.exit(exitCode);
    } catch (error) {
      print(`  Stopping failed: ${error instanceof Error ? error.message : error}`);
      process.exit(1);
    }
  };
  process.on('SIGINT', () => stop('Ctrl-C', 0));
  process.on('SIGTERM', () => stop('SIGTERM', 0));
  let failed = false;
  surviveFailures(process, world.log, () => {
    // What fails while it stops does not end it sooner.
    if (!failed) void stop('A defect', 1);
    failed = true;
  });
}

let config: Config | undefined;

async function main(): Promise<void> {
  config = readConfig(process.env);
  print('\n  Starting Aldaba');
  await requirePort(config);
  const world = await openWorld(config, { root: findRoot(process.env), purpose: 'server', progress });
  let app: App | undefined;
  try {
    app = await createApp(config, world);
    await listen(app, config);
    stopOnSignal(app, world);
    const [inboxUrl, adminLink] = [await app.inboxUrl(), await app.firstAdminLink()];
    announce(config, { consoleUrl: app.tenancy.consoleUrl, inboxUrl, adminLink });
  } catch (error) {
    await app?.close();
    await world.stop();
    throw error;
  }
}

main().catch((error) => {
  process.stderr.write(`\n  Aldaba could not start. ${explainStart(error, config)}\n`);
  if (process.env.LOG_LEVEL === 'debug') process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`);
  process.exit(1);
});
