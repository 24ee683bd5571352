import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as contract from '@aldaba/contract';
import type { Guards } from '../../server/src/http/guards.ts';
import { Answer, createImplement, Empty, type Implement, Paged } from '../../server/src/http/implement.ts';
import { createHttp } from '../../server/src/http/server.ts';
import { createLog } from '../../server/src/kernel/log.ts';
import { startServer, type TestServer } from '../support/server.ts';

const log = createLog('silent');
const open = async () => ({ scopes: new Set(['all']) });
const guards: Guards = {
  anonymous: open,
  management: open,
  interaction: open,
  account: open,
  me: open,
  organization: open,
};

// Each `@ts-expect-error` is a promise of its own: `npm run check` fails as soon as the line below it compiles.
describe('Typed responses of handlers', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  /** The status that a route answers with when `bind` has bound its handler. */
  const statusOf = async (
    { method, path }: contract.RouteContract,
    bind: (implement: Implement) => void,
    payload?: object,
  ): Promise<number> => {
    const http = createHttp({ tenancy: server.app.tenancy, log, trustedProxies: [] });
    bind(createImplement(http, { guards, log, checkResponses: true }));
    try {
      return (await http.inject({ method, url: path, ...(payload ? { payload } : {}) })).statusCode;
    } finally {
      await http.close();
    }
  };

  it('does not compile a body whose members have another name or type', async () => {
    const declared = contract.getUserHasPassword;
    assert.equal(await statusOf(declared, (bind) => bind(declared, async () => ({ hasPassword: true }))), 200);
    const renamed = await statusOf(declared, (bind) =>
      // @ts-expect-error the member is called hasPassword
      bind(declared, async () => ({ hasPasswort: true })),
    );
    const retyped = await statusOf(declared, (bind) =>
      // @ts-expect-error the member is a boolean
      bind(declared, async () => ({ hasPassword: 'true' })),
    );
    assert.deepEqual([renamed, retyped], [500, 500]);
  });

  it('does not compile a body if the contract has none, or no body if it has one', async () => {
    const empty = contract.getStatus;
    const filled = contract.getUserHasPassword;
    assert.equal(await statusOf(empty, (bind) => bind(empty, async () => undefined)), 204);
    const added = await statusOf(empty, (bind) =>
      // @ts-expect-error 204 has no body
      bind(empty, async () => ({ up: true })),
    );
    const missing = await statusOf(filled, (bind) =>
      // @ts-expect-error 200 has a body
      bind(filled, async () => undefined),
    );
    assert.deepEqual([added, missing], [500, 500]);
  });

  it('does not compile a status that the contract does not name', async () => {
    const declared = contract.testAction;
    const body = { actionType: 'action.postSignIn', script: 'function runAction() {}', event: {} };
    const none = (bind: Implement) => bind(declared, async () => new Empty(204));
    assert.equal(await statusOf(declared, none, body), 204);
    // @ts-expect-error 201 is not declared
    const created = (bind: Implement) => bind(declared, async () => new Answer(201, body));
    assert.equal(await statusOf(declared, created, body), 500);
  });

  it('does not compile items of another shape in a page, or a list without a total', async () => {
    const declared = contract.listHooks;
    assert.equal(await statusOf(declared, (bind) => bind(declared, async () => new Paged([], 0))), 200);
    const reshaped = await statusOf(declared, (bind) =>
      // @ts-expect-error an item is a webhook
      bind(declared, async () => new Paged([{ id: 'hook' }], 1)),
    );
    assert.equal(reshaped, 500);
    // @ts-expect-error a list with pages returns its total
    const untold = (bind: Implement) => bind(declared, async () => []);
    assert.equal(await statusOf(declared, untold), 200, 'nothing but the type finds it');
  });
});
