// Pure files: values, rules and conversions without I/O. A feature's pure file may be imported from other folders;
// anything else of a feature is reached through its index.ts.
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { readSource } from './syntax.mjs';

const packages = [
  '@aldaba/contract',
  '@aldaba/pages',
  'zod',
  'libphonenumber-js',
  'tldts',
  'disposable-email-domains-js',
  'node:crypto',
  'node:net',
  'node:url',
  'node:util',
];
const never = /(^|[/-])(store|routes|service)\.ts$/;
const outside = /^(fetch|process|console|performance|setTimeout|setInterval|setImmediate)$/;

/**
 * Why a file is not pure, or undefined: it takes from its surroundings, or imports at run time what is neither pure nor
 * a package of pure functions. A file is judged with everything that it imports.
 */
export function whyImpure(file, base, seen = new Set()) {
  if (seen.has(file)) return undefined;
  seen.add(file);
  if (never.test(file)) return `${file} does I/O`;
  const { imports, names } = readSource(file, base);
  const used = names.find(({ name }) => outside.test(name));
  if (used) return `${file} uses ${used.name}`;
  for (const { specifier, types } of imports) {
    if (types) continue;
    const target = normalize(join(dirname(file), specifier));
    const isFile = specifier.startsWith('.') && existsSync(join(base, target));
    const isAllowed = packages.some((name) => specifier === name || specifier.startsWith(`${name}/`));
    const reason = isFile ? whyImpure(target, base, seen) : isAllowed ? undefined : `${file} imports ${specifier}`;
    if (reason) return reason;
  }
  return undefined;
}
