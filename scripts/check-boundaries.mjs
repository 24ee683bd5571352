// Checks which modules may import which (ARCHITECTURE.md). Type-only imports count; tests may import anything.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { isTest, listFiles } from './files.mjs';
import { findRings } from './import-rings.mjs';
import { whyImpure } from './pure-files.mjs';
import { root } from './runtime.mjs';
import { readSource } from './syntax.mjs';

const httpPackages =
  'zod fastify @fastify/multipart @fastify/proxy-addr @fastify/accept-negotiator ipaddr.js range-parser'.split(' ');
const base = ['http', 'tenancy', 'store', 'kernel', 'contract'];
// The areas of features in their order: each may import those after it.
const featureAreas = [
  'operation',
  'appearance',
  'enterprise',
  'applications',
  'organizations',
  'people',
  'connectors',
  'authorization',
  'operator-scripts',
  'records',
].map((name) => `features/${name}`);
const below = ['services', ...base, 'kit', 'connectors', 'sandbox', 'pages'];
const protocol = [...featureAreas, 'services', ...base, 'pages', 'zod', 'node:*'];
// Area, its files, and the areas or packages that it may import. A file belongs to the first area that fits.
const areas = [
  ['contract', /^contract\//, ['zod']],
  ['kit', /^connectors\/kit\//, ['zod', 'oauth4webapi', 'aws4fetch', 'nodemailer', 'node:*']],
  ['sandbox', /^connectors\/sandbox\//, ['kit', 'connectors', 'zod', 'node:*']],
  ['connectors', /^connectors\/src\//, ['kit', 'zod']],
  ['pages', /^pages\//, ['contract', 'preact', 'preact-render-to-string', 'node:*', 'rolldown']],
  ['console', /^console\//, ['contract', '*']],
  ['kernel', /^server\/src\/kernel\//, ['contract', 'pino', 'libphonenumber-js', 'node:*']],
  ['store', /^server\/src\/store\//, ['kernel', 'contract', 'pg', 'pg-copy-streams', 'kysely', 'node:*']],
  ['tenancy', /^server\/src\/tenancy\//, ['store', 'kernel', 'contract', 'node:*']],
  ['http', /^server\/src\/http\//, ['tenancy', 'store', 'kernel', 'contract', ...httpPackages, 'node:*']],
  ['services', /^server\/src\/services\//, [...base, '*']],
  ...featureAreas.map((area, place) => [
    area,
    new RegExp(`^server/src/${area}/`),
    [...featureAreas.slice(place + 1), ...below, '*'],
  ]),
  ['sign-in', /^server\/src\/sign-in\//, protocol],
  ['oidc', /^server\/src\/oidc\//, ['sign-in', ...protocol, 'jose']],
  ['portal', /^server\/src\/portal\//, protocol],
  ['config', /^server\/src\/config(-rules)?\.ts$/, ['kernel', 'contract', 'zod', 'node:*']],
  [
    'composition',
    /^server\/src\//,
    ['config', 'portal', 'oidc', 'sign-in', ...featureAreas, ...below, 'zod', 'node:*'],
  ],
];

// Packages that one area alone may import, whatever the table says.
const reserved = { fastify: 'http', pg: 'store' };

const aliases = {
  ...exportsOf('contract'),
  '@aldaba/connectors': 'connectors/src/index.ts',
  '@aldaba/connectors/kit': 'connectors/kit/index.ts',
  '@aldaba/connectors/kit/conformance': 'connectors/kit/conformance.ts',
  '@aldaba/connectors/sandbox': 'connectors/sandbox/index.ts',
  '@aldaba/pages': 'pages/src/index.ts',
};

/** The modules that a workspace offers, as its package.json names them. */
function exportsOf(folder) {
  const { name, exports } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  return Object.fromEntries(
    Object.entries(exports).map(([path, file]) => [normalize(join(name, path)), normalize(join(folder, file))]),
  );
}

const areaOf = (path) => areas.find(([, files]) => files.test(path));

/** Every import that crosses a boundary, and every ring: [{ file, line, message }]. */
export function checkBoundaries(base = root) {
  const files = ['contract', 'connectors', 'pages', 'server/src', 'console'].flatMap((folder) =>
    listFiles(folder, base),
  );
  const sources = files.filter((file) => /\.tsx?$/.test(file) && !isTest(file));
  const graph = new Map();
  const problems = [];
  for (const file of sources) {
    const imports = readSource(file, base).imports.map((found) => ({
      ...found,
      target: resolve(file, found.specifier),
    }));
    graph.set(
      file,
      imports.map(({ target }) => target).filter((target) => existsSync(join(base, target))),
    );
    for (const found of imports) {
      const message = refusal(file, found, base);
      if (message) problems.push({ file, line: found.line, message });
    }
  }
  return [...problems, ...findRings(graph)];
}

function resolve(file, specifier) {
  return specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : (aliases[specifier] ?? specifier);
}

function refusal(file, { specifier, target }, base) {
  const [area, , allowed] = areaOf(file);
  const inside = specifier.startsWith('.') || specifier in aliases;
  const other = inside
    ? areaOf(target)?.[0]
    : specifier.startsWith('node:')
      ? 'node:*'
      : specifier.split('/', specifier[0] === '@' ? 2 : 1).join('/');
  if (inside && !other) return `imports ${target}, which belongs to no area: product code imports product code only`;
  if (other !== area && !allowed.includes(other) && (inside || !allowed.includes('*'))) {
    return `${area} may not import ${other}; it may import ${allowed.join(', ')}. Move the code, or pass the need in as an argument`;
  }
  if (reserved[other] && reserved[other] !== area)
    return `${other} is imported by ${reserved[other]} alone: use what its index.ts offers`;
  return inside ? refusalOfEntry(file, target, base) : undefined;
}

// The tables of routes; nothing else imports a feature's routes.ts, so that no other file loads routes.
const tables = /^server\/src\/(routes|features\/[^/]+\/area)\.ts$/;

// A store belongs to its folder; a feature is entered through its index.ts or one of its pure files.
function refusalOfEntry(file, target, base) {
  const store = /^(.*)\/store(\.ts|\/.*)$/.exec(target);
  if (
    store &&
    !target.startsWith('server/src/store/') &&
    dirname(file) !== store[1] &&
    !file.startsWith(`${store[1]}/`)
  ) {
    return `${target} is imported only inside ${store[1]}/: ask its service`;
  }
  const feature = /^server\/src\/(features\/[^/]+|services)\/([^/]+)\/(.+)$/.exec(target);
  const inside = feature && file.startsWith(`server/src/${feature[1]}/${feature[2]}/`);
  if (!feature || inside || feature[3] === 'index.ts') return undefined;
  if (feature[3] === 'routes.ts')
    return tables.test(file) ? undefined : `${target} is imported by the tables of routes alone`;
  const reason = existsSync(join(base, target)) && whyImpure(target, base);
  return reason ? `enter the feature ${feature[2]} through its index.ts or a pure file: ${reason}` : undefined;
}
