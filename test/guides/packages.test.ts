import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findVersions, isInstallation, pinVersions } from '../support/guide-packages.ts';

describe('the packages that the commands of a guide name', () => {
  const versions = { '@logto/node': '3.1.11', cookie: '2.0.2', 'create-vite': '9.3.0', vite: '8.4.0', flask: '3.1.3' };

  it('get their recorded versions, also in the place of a range', () => {
    assert.equal(
      pinVersions('npm install @logto/node cookie@2 other', versions),
      'npm install @logto/node@3.1.11 cookie@2.0.2 other',
    );
  });

  it('get the version of the program that creates an app, whose arguments stay', () => {
    assert.equal(
      pinVersions('npm create vite@latest vite -- --template react\ncd vite', versions),
      'npm create vite@9.3.0 vite -- --template react\ncd vite',
    );
    assert.equal(pinVersions('npx vite@latest new cookie', versions), 'npx vite@8.4.0 new cookie');
  });

  it('are left to the constraints of pip, and other commands are left alone', () => {
    const commands = 'pip install "flask[async]"\nnpx vite --port 3000\necho cookie';
    assert.equal(pinVersions(commands, versions), commands);
  });

  it('are looked up without extras and under the normalized name', async () => {
    const listed = JSON.stringify([
      { name: 'Flask', version: '3.1.3' },
      { name: 'python_dotenv', version: '1.2.4' },
    ]);
    const found = await findVersions('pip install "flask[async]" python-dotenv', async () => listed);
    assert.deepEqual(found, { flask: '3.1.3', 'python-dotenv': '1.2.4' });
  });

  it('are installed once for commands that only install', () => {
    assert.equal(isInstallation('python3 -m venv .venv\n. .venv/bin/activate\npip install flask'), true);
    assert.equal(isInstallation('npm install express\nnode build.mjs'), false);
    assert.equal(isInstallation('cd app'), false);
  });
});
