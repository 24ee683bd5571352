// docs/configuration.md from the schema in server/src/config.ts. Runs under Node 24; `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { configSchema } from '../server/src/config.ts';

const path = join(import.meta.dirname, '../docs/configuration.md');
const { properties } = z.toJSONSchema(configSchema, { io: 'input' });

const kind = ({ enum: values, type, minimum, maximum }) => {
  if (values) return values.map((value) => `\`${value}\``).join(', ');
  if (type === 'integer' || type === 'number') return `number ${minimum ?? ''}–${maximum ?? ''}`;
  return 'text';
};
const cell = (text) => String(text).replaceAll('|', '\\|');
const rows = Object.entries(properties).map(
  ([name, schema]) =>
    `| \`${name}\` | ${cell(kind(schema))} | ${schema.default === undefined || schema.default === '' ? '–' : `\`${schema.default}\``} | ${cell(schema.description)} |`,
);

const text = `# Configuration

<!-- Generated from server/src/config.ts by scripts/generate-configuration.mjs. Change it there. -->

All settings are environment variables; an empty variable counts as not set. The server does not start with an invalid value, and names it.

| Variable | Value | Default | Meaning |
|---|---|---|---|
${rows.join('\n')}
`;

if (process.argv.includes('--check')) {
  let current = '';
  try {
    current = readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  if (current !== text) {
    console.error('docs/configuration.md is out of date. Run: node scripts/generate-configuration.mjs');
    process.exit(1);
  }
} else {
  writeFileSync(path, text);
}
