import { after, before, describe, it } from 'node:test';
import { type GuideWorld, guideTest, hasCheck, openGuideWorld } from '../support/guide-checks.ts';
import { readGuides } from '../support/guides.ts';

describe('the framework guides, followed word for word with the recorded versions of their packages', () => {
  let world: GuideWorld;
  before(async () => {
    world = await openGuideWorld();
  });
  after(() => world?.close());

  for (const guide of readGuides().filter((each) => each.tested === 'npm-test' && hasCheck(each)))
    it(...guideTest(guide, () => world, { versions: 'recorded' }));
});
