import { join } from 'node:path';
import { freePort, startProgram } from './programs.ts';

/** An example app, run as its README says. */
export interface ExampleApp {
  url: string;
  output: () => string;
  stop: () => Promise<void>;
}

export interface ExampleSettings {
  port: number;
  /** Base URL of the tenant. */
  endpoint: string;
  appId: string;
  appSecret?: string;
}

/** Where an example will answer, so that its addresses can be registered before it starts. */
export const planExample = async (): Promise<{ port: number; url: string }> => {
  const port = await freePort();
  return { port, url: `http://localhost:${port}` };
};

/** Starts a program below `examples/` with this very Node. */
export async function startExample(
  path: string,
  { port, endpoint, appId, appSecret }: ExampleSettings,
): Promise<ExampleApp> {
  const program = startProgram(process.execPath, [join(import.meta.dirname, '../../examples', path)], {
    environment: {
      APP_PORT: String(port),
      LOGTO_ENDPOINT: endpoint,
      LOGTO_APP_ID: appId,
      ...(appSecret ? { LOGTO_APP_SECRET: appSecret } : {}),
    },
  });
  await program.says(/^Listening/);
  return { url: `http://localhost:${port}`, output: program.output, stop: () => program.stop() };
}
