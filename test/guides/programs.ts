import { writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { guideTest, hasCheck } from '../support/guide-checks.ts';
import { reader } from '../support/guide-journey.ts';
import { readVersions, versionsFile } from '../support/guide-shell.ts';
import { readGuides } from '../support/guides.ts';
import { type Operator, operate } from '../support/operator.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** `npm run guides` sets these: the names of guides, all when empty, and whether to write their versions. */
const names = (process.env.GUIDES ?? '').split(' ').filter(Boolean);
const records = process.env.GUIDES_RECORD === 'yes';

describe('the framework guides, followed word for word with the newest versions of their packages', () => {
  let server: TestServer;
  let operator: Operator;
  const recorded = readVersions();
  before(async () => {
    server = await startServer();
    operator = await operate(server);
    await operator.addUser(reader);
  });
  after(async () => {
    if (records) writeFileSync(versionsFile, `${JSON.stringify(recorded, undefined, 2)}\n`);
    await server?.close();
  });

  for (const guide of readGuides()) {
    if (guide.tested === 'no' || !hasCheck(guide) || (names.length > 0 && !names.includes(guide.name))) continue;
    const onVersions = (found: Record<string, string>) => {
      recorded[guide.name] = found;
      const list = Object.entries(found).map(([name, version]) => `${name} ${version}`);
      process.stdout.write(`✔ ${guide.title}: ${list.join(', ') || 'no packages'}\n`);
    };
    it(...guideTest(guide, () => operator, { versions: 'newest', onVersions }));
  }
});
