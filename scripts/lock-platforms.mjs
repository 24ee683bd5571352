// Completes package-lock.json with the packages for other platforms that the registry at hand did not have when npm
// wrote it. Without their entries `npm ci` refuses the lock file everywhere. Run it after every `npm install` that
// changes the lock file; `--check` only reports whether it has to be run.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail, root } from './runtime.mjs';

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

/** Optional dependencies that packages of the lock name and that it has no entry for: `{ path: entry }`. */
export function missingPlatforms(packages) {
  const missing = {};
  for (const [parent, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const nested = `${parent}/node_modules/${name}`;
      if (nested in packages || `node_modules/${name}` in packages) continue;
      missing[`node_modules/${name}`] = { version, ...platformOf(name), ...(dev && { dev }), optional: true };
    }
  }
  return missing;
}

// os, cpu and libc keep npm from asking the registry for it on a machine that it is not made for.
function platformOf(name) {
  const words = name.split('/').at(-1).split('-');
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  if (os.length + cpu.length === 0)
    fail(`${name} is not in package-lock.json and names no platform: add it by \`npm install\`.`);
  const libc = words.some((word) => word.startsWith('musl')) ? { libc: ['musl'] } : {};
  return { ...(cpu.length && { cpu }), ...(os.length && { os }), ...libc };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = join(root, 'package-lock.json');
  const lock = JSON.parse(readFileSync(path, 'utf8'));
  const missing = missingPlatforms(lock.packages);
  const names = Object.keys(missing);
  if (process.argv.includes('--check')) {
    if (names.length > 0)
      fail(
        `package-lock.json: ${names.length} platform packages are missing. Run \`node scripts/lock-platforms.mjs\`.`,
      );
  } else if (names.length > 0) {
    lock.packages = Object.fromEntries(
      Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => a.localeCompare(b, 'en')),
    );
    writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
    process.stdout.write(`Added ${names.length} platform packages to package-lock.json\n`);
  }
}
