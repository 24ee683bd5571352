import { after, before } from 'node:test';
import { experienceClient } from './agent.ts';
import { type Manager, manage } from './management.ts';
import { startServer, type TestServer, type TestServerOptions } from './server.ts';

/** A server with the usual two clients. Read the members inside of tests and hooks, not while the suite is declared. */
export interface ManagedServer {
  readonly server: TestServer;
  /** The Management API of the default tenant. */
  readonly api: Manager;
  /** The Experience API as the demo app uses it. */
  readonly app: ReturnType<typeof experienceClient>;
}

/** Starts a server before the tests of the suite that calls this, and stops it after them. */
export function managedServer(options: TestServerOptions = {}): ManagedServer {
  let server: TestServer | undefined;
  let api: Manager | undefined;
  let app: ManagedServer['app'] | undefined;
  before(async () => {
    server = await startServer(options);
    api = await manage(server);
    app = experienceClient(server.url);
  });
  after(() => server?.close());
  const started = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('The server of this suite has not started yet.');
    return value;
  };
  return {
    get server() {
      return started(server);
    },
    get api() {
      return started(api);
    },
    get app() {
      return started(app);
    },
  };
}
