import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder with Aldaba's package.json; migrations, built pages and guides are read from it. The bundle and the
 * sources are in different folders, so the search goes upwards from this file, unless `ALDABA_ROOT` is set.
 * @throws Error when neither leads to it.
 */
export function findRoot(environment: Record<string, string | undefined>): string {
  if (environment.ALDABA_ROOT) return environment.ALDABA_ROOT;
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'aldaba') return folder;
  }
  throw new Error('Aldaba does not find its own files. Start it with npm start, or set ALDABA_ROOT to its folder.');
}
