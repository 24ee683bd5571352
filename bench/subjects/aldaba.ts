/**
 * Aldaba as `npm start` runs it, bundled and in production mode, with a line to the run that the product itself does
 * not have.
 */
import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { type App, createApp } from '../../server/src/app.ts';
import { readConfig } from '../../server/src/config.ts';
import { systemClock } from '../../server/src/kernel/clock.ts';
import { createLog } from '../../server/src/kernel/log.ts';
import { defaultTenantId } from '../../server/src/tenancy/address.ts';
import { answer } from '../channel.ts';

export interface AldabaSettings {
  databaseUrl: string;
  root: string;
  dataFolder: string;
  port: number;
  /** In its address; default: `127.0.0.1`. */
  host?: string;
  /** Configuration in addition to the usual one. */
  configuration?: Record<string, string>;
}

let app: App;
const profiler = new Session();

async function start({ databaseUrl, root, dataFolder, port, ...given }: AldabaSettings): Promise<number> {
  const endpoint = `http://${given.host ?? '127.0.0.1'}:${port}`;
  const config = readConfig({
    PORT: String(port),
    HOST: '127.0.0.1',
    ENDPOINT: endpoint,
    ALDABA_DATA: dataFolder,
    OUTBOUND_ALLOWED_HOSTS: '127.0.0.1',
    ...given.configuration,
  });
  app = await createApp(config, {
    clock: systemClock,
    log: createLog(config.LOG_LEVEL),
    databaseUrl,
    secret: 'a secret for measuring that is long enough',
    root,
    dataFolder,
    progress: () => undefined,
    checkResponses: false,
  });
  await app.http.listen({ port, host: '127.0.0.1' });
  return port;
}

/** The application that may fill the rest in through the Management API. */
async function createManager(): Promise<{ id: string; secret: string; indicator: string }> {
  const tenant = await app.tenancy.get(defaultTenantId);
  const { id, secret = '' } = await tenant.db.transaction(async (tx) => {
    const created = await app.applications.create(tx, { name: 'Bench manager', type: 'MachineToMachine' });
    await app.applications.update(tx, created.id, { isAdmin: true });
    return created;
  });
  return { id, secret, indicator: tenant.managementIndicator };
}

answer(
  {
    start,
    createManager,
    createAdminLink: () => app.createAdminLink(),
    async startProfile() {
      profiler.connect();
      await profiler.post('Profiler.enable');
      await profiler.post('Profiler.setSamplingInterval', { interval: 200 });
      await profiler.post('Profiler.start');
    },
    async stopProfile(file: string) {
      const { profile } = await profiler.post('Profiler.stop');
      profiler.disconnect();
      await writeFile(file, JSON.stringify(profile));
    },
  },
  () => app.database.statements.count,
);
