import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { missingPackages } from './install.mjs';
import { root } from './runtime.mjs';

const machine = { os: 'linux', cpu: 'x64', libc: () => 'glibc' };
const native = { version: '1.0.0', optional: true, os: ['linux'], cpu: ['x64'], libc: ['glibc'] };
const wanted = {
  '': {},
  'node_modules/plain': { version: '1.0.0' },
  'node_modules/native-gnu': native,
  'node_modules/native-musl': { ...native, libc: ['musl'] },
  'node_modules/native-mac': { ...native, os: ['darwin'] },
  'node_modules/tool': { version: '1.0.0', dev: true },
};
const missing = (present, options = {}) =>
  missingPackages({ wanted, present, development: false, machine, ...options });
const plain = { 'node_modules/plain': { version: '1.0.0' } };
const whole = { ...plain, 'node_modules/native-gnu': native };

describe('Detection of installed npm packages', () => {
  it('accepts the packages of this machine', () => assert.deepEqual(missing(whole), []));
  it('detects native code that an old npm did not install for this machine', () =>
    assert.deepEqual(missing(plain), ['node_modules/native-gnu']));
  it('detects a package of another version', () =>
    assert.deepEqual(missing({ ...whole, 'node_modules/plain': { version: '0.9.0' } }), ['node_modules/plain']));
  it('requires the development tools only where they are needed', () =>
    assert.deepEqual(missing(whole, { development: true }), ['node_modules/tool']));
});

describe('Old version of Node', () => {
  // The version is faked: what is proved is that nothing is installed or started before it is read.
  const run = (version) =>
    spawnSync(
      process.execPath,
      ['--require', join(root, 'scripts/testing/node-version.cjs'), join(root, 'scripts/run.cjs'), 'start'],
      { encoding: 'utf8', env: { ...process.env, ALDABA_TEST_NODE_VERSION: version } },
    );
  it('rejects an old version of Node in one sentence', () => {
    for (const version of ['8.17.0', '18.20.4', '19.9.0']) {
      const { status, stdout, stderr } = run(version);
      assert.equal(status, 1);
      assert.equal(stdout, '');
      assert.match(
        stderr,
        new RegExp(`^Aldaba needs Node 20 or newer; this is Node ${version}\\. Install [^\\n]+\\n$`),
      );
    }
  });
  it('has no syntax newer than ES5 in the file that rejects an old version of Node', () => {
    const code = readFileSync(join(root, 'scripts/run.cjs'), 'utf8').replaceAll(/^\/\/.*$/gm, '');
    assert.doesNotMatch(code, /=>|`|\b(const|let|class|async|await|import)\b|\?\.|\?\?|\.\.\./);
  });
});
