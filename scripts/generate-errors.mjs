// docs/errors.md from the catalog in contract/src/errors.ts and the routes that name a code. Runs under Node 24;
// `--check` only compares.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { allRoutes, errorCatalog, errorData } from '../contract/src/index.ts';

const path = join(import.meta.dirname, '../docs/errors.md');

const cell = (text) => String(text).replaceAll('|', '\\|');
const namespaceOf = (code) => code.slice(0, code.indexOf('.'));
const overridesOf = (code) =>
  allRoutes
    .filter((route) => route.statuses?.[code])
    .map((route) => `${route.statuses[code]} from \`${route.method} ${route.path}\``);

/** A JSON schema in a line: `string`, `{ path: string[], message: string }[]`. */
function typeOf(schema) {
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.enum) return schema.enum.map((value) => `"${value}"`).join(' or ');
  if (schema.type === 'array') return `${typeOf(schema.items)}[]`;
  return schema.properties ? `{ ${membersOf(schema)} }` : schema.type;
}
const membersOf = ({ properties, required = [] }) =>
  Object.entries(properties)
    .map(([name, member]) => `${name}${required.includes(name) ? '' : '?'}: ${typeOf(member)}`)
    .join(', ');

function dataOf(code) {
  const schema = errorData[code];
  if (!schema) return '';
  const type = z.toJSONSchema(schema, { io: 'input' });
  const isOptional = schema.safeParse(undefined).success;
  return `\`${type.properties ? `{ ${membersOf(type)} }` : '{ … }'}\`${isOptional ? ' or none' : ''}`;
}

const rowOf = ([code, [status, sentence]]) =>
  `| \`${code}\` | ${[status, ...overridesOf(code)].join('; ')} | ${cell(sentence)} | ${cell(dataOf(code))} |`;

const sections = [...Map.groupBy(Object.entries(errorCatalog), ([code]) => namespaceOf(code))].map(
  ([namespace, entries]) => `## ${namespace}

| Code | Status | Message | \`data\` |
|---|---|---|---|
${entries.map(rowOf).join('\n')}
`,
);

const text = `# Error codes

<!-- Generated from contract/src/errors.ts and contract/src/error-data.ts by scripts/generate-errors.mjs. Change it there. -->

Every JSON error has the same body: \`{ "code", "message", "data"?, "details"? }\`. Programs use \`code\`, which is stable
between releases; \`message\` is for users, and \`{name}\` in it is replaced with a value of \`data\`. The last column lists the members of
\`data\` (\`{ … }\`: the response of the provider). A code always has the same status, unless the table lists a route with a different one.
Errors of OAuth 2.0 and OpenID Connect also have \`error\` and \`error_description\`, as their specifications require.

${sections.join('\n')}`;

if (process.argv.includes('--check')) {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    console.error('docs/errors.md is out of date. Run: node scripts/generate-errors.mjs');
    process.exit(1);
  }
} else {
  writeFileSync(path, text);
}
