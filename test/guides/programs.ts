import { writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { type GuideWorld, guideTest, openGuideWorld } from '../support/guide-checks.ts';
import { readVersions, versionsFile } from '../support/guide-shell.ts';
import { readGuides } from '../support/guides.ts';

/** `npm run guides` sets these: the names of guides, all when empty, and whether to write their versions. */
const names = (process.env.GUIDES ?? '').split(' ').filter(Boolean);
const records = process.env.GUIDES_RECORD === 'yes';

describe('the framework guides, followed word for word with the newest versions of their packages', () => {
  let world: GuideWorld;
  const recorded = readVersions();
  before(async () => {
    world = await openGuideWorld();
  });
  after(async () => {
    const sorted = Object.fromEntries(Object.entries(recorded).sort(([one], [other]) => (one < other ? -1 : 1)));
    if (records) writeFileSync(versionsFile, `${JSON.stringify(sorted, undefined, 2)}\n`);
    await world?.close();
  });

  for (const guide of readGuides()) {
    if (guide.tested === 'no' || (names.length > 0 && !names.includes(guide.name))) continue;
    const onVersions = (found: Record<string, string>) => {
      if (Object.keys(found).length > 0) recorded[guide.name] = found;
      const list = Object.entries(found).map(([name, version]) => `${name} ${version}`);
      process.stdout.write(`✔ ${guide.title}: ${list.join(', ') || 'no packages'}\n`);
    };
    it(...guideTest(guide, () => world, { versions: 'newest', onVersions }));
  }
});
