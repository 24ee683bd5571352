import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Config } from './config.ts';

/** Absolute folder with the published connector packages. */
export const connectorsFolderOf = (config: Config, dataFolder: string): string =>
  isAbsolute(config.CONNECTORS_FOLDER) ? config.CONNECTORS_FOLDER : join(dataFolder, config.CONNECTORS_FOLDER);

const manifest = {
  name: 'aldaba-connectors',
  private: true,
  description: 'Connector packages of this installation: aldaba connector install <package>',
};

/**
 * Creates the folder with its own package.json. Without one, npm would install into the closest parent folder that has
 * one, which is Aldaba's.
 */
export async function prepareConnectorsFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'package.json');
  if (existsSync(path)) return;
  try {
    await writeFile(path, `${JSON.stringify(manifest, null, 2)}\n`, { flag: 'wx' });
  } catch (error) {
    // Another process made it in the same moment.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
