import { after, before, describe, it } from 'node:test';
import { type GuideWorld, guideTest, openGuideWorld } from '../support/guide-checks.ts';
import { readGuides } from '../support/guides.ts';

describe('the framework guides, followed word for word with the recorded versions of their packages', () => {
  let world: GuideWorld;
  before(async () => {
    world = await openGuideWorld();
  });
  after(() => world?.close());

  for (const guide of readGuides().filter(({ tested }) => tested === 'npm-test'))
    it(...guideTest(guide, () => world, { versions: 'recorded' }));
});
