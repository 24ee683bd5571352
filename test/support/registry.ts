import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { findRoot } from '../../server/src/root.ts';

/** A registry for npm. */
export interface Registry {
  /** Settings that make npm use it and a cache of its own. */
  environment: Record<string, string>;
  close: () => void;
}

/** Serves every package of this clone in all versions that are installed, and `left-alone`, which has no dependency. */
export async function startRegistry(folder: string): Promise<Registry> {
  const root = findRoot(process.env);
  const plain = join(folder, 'left-alone');
  await mkdir(plain, { recursive: true });
  await writeFile(join(plain, 'package.json'), JSON.stringify({ name: 'left-alone', version: '1.0.0' }));
  const lock = JSON.parse(await readFile(join(root, 'node_modules/.package-lock.json'), 'utf8'));
  const foldersOf = (name: string): string[] =>
    name === 'left-alone'
      ? [plain]
      : Object.keys(lock.packages).flatMap((path) => (path.endsWith(`node_modules/${name}`) ? [join(root, path)] : []));
  const archive = (source: string): Buffer =>
    execFileSync('tar', ['cz', '--transform', 's,^\\.,package,', '--exclude', './node_modules', '-C', source, '.'], {
      maxBuffer: 64 * 1_048_576,
    });
  const server = createServer(async (request, response) => {
    const [name = '', version] = decodeURIComponent((request.url ?? '').slice(1)).split('~');
    const found = await Promise.all(
      foldersOf(name).map(async (source) => ({
        source,
        manifest: JSON.parse(await readFile(join(source, 'package.json'), 'utf8')),
      })),
    );
    if (found.length === 0) return response.writeHead(404).end('{}');
    const wanted = found.find(({ manifest }) => manifest.version === version);
    if (wanted) return response.end(archive(wanted.source));
    const versions = found.map(({ manifest }) => {
      const tarball = `http://${request.headers.host}/${encodeURIComponent(`${name}~${manifest.version}`)}`;
      return [manifest.version, { ...manifest, dist: { tarball } }];
    });
    response.setHeader('content-type', 'application/json');
    const latest = found[0]?.manifest.version;
    return response.end(JSON.stringify({ name, 'dist-tags': { latest }, versions: Object.fromEntries(versions) }));
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    environment: {
      npm_config_registry: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      npm_config_cache: join(folder, 'npm-cache'),
    },
    close: () => server.close(),
  };
}
