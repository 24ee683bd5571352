import assert from 'node:assert/strict';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { rolldown } from 'rolldown';
import { findRoot } from '../server/src/root.ts';

const root = findRoot(process.env);

/** The modules of the repository, and the packages, that a browser bundle of the code takes. */
async function bundle(code: string): Promise<{ files: string[]; packages: string[]; external: string[] }> {
  const entry = join(root, 'test/entry.ts');
  const build = await rolldown({
    input: entry,
    platform: 'browser',
    external: /^node:/,
    logLevel: 'silent',
    plugins: [
      {
        name: 'entry',
        resolveId: (id: string) => (id === entry ? entry : undefined),
        load: (id: string) => (id === entry ? code : undefined),
      },
    ],
  });
  const { output } = await build.generate({ format: 'esm' });
  await build.close();
  const chunks = output.filter((part) => part.type === 'chunk');
  const paths = chunks.flatMap(({ modules }) => Object.keys(modules)).filter((path) => path !== entry);
  const isPackage = (path: string) => path.includes('/node_modules/');
  return {
    files: paths.filter((path) => !isPackage(path)).map((path) => relative(root, path)),
    packages: [
      ...new Set(paths.filter(isPackage).map((path) => path.split('/node_modules/').at(-1)?.split('/')[0] ?? '')),
    ],
    external: chunks.flatMap(({ imports }) => imports),
  };
}

describe('Browser bundle of the contract', () => {
  it('bundles the client and errors without the routes, the views of the pages or a package', async () => {
    const { files, packages, external } = await bundle(
      `import { createClient } from '@aldaba/contract/client';
       import { errorCatalog } from '@aldaba/contract/errors';
       console.log(createClient, errorCatalog);`,
    );
    assert.deepEqual(files.sort(), [
      'contract/src/client.ts',
      'contract/src/connector-errors.ts',
      'contract/src/enterprise-errors.ts',
      'contract/src/errors.ts',
    ]);
    assert.deepEqual([packages, external], [[], []]);
  });

  it('bundles a route with its schemas and zod, without other areas, views of the pages or Node modules', async () => {
    const { files, packages, external } = await bundle(
      `import { createClient } from '@aldaba/contract/client';
       import { listHooks } from '@aldaba/contract/routes';
       console.log(createClient, listHooks);`,
    );
    assert.ok(files.includes('contract/src/hooks.ts'));
    assert.deepEqual(
      files.filter((file) => /\/(pages|experience|organizations|all-routes)\.ts$/.test(file)),
      [],
    );
    assert.deepEqual([packages, external], [['zod'], []]);
  });
});
