import { after, before, describe, it } from 'node:test';
import { guideTest, hasCheck } from '../support/guide-checks.ts';
import { reader } from '../support/guide-journey.ts';
import { readGuides } from '../support/guides.ts';
import { type Operator, operate } from '../support/operator.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('the framework guides, followed word for word with the recorded versions of their packages', () => {
  let server: TestServer;
  let operator: Operator;
  before(async () => {
    server = await startServer();
    operator = await operate(server);
    await operator.addUser(reader);
  });
  after(() => server?.close());

  for (const guide of readGuides().filter((each) => each.tested === 'npm-test' && hasCheck(each)))
    it(...guideTest(guide, () => operator, { versions: 'recorded' }));
});
