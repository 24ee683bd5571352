import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { allRoutes, isErrorCode, type RouteContract } from '@aldaba/contract';
import fc from 'fast-check';
import { z } from 'zod';
import { type Manager, manage, managerWith, type Reply } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Requests per route and property; each one is another random input. */
const runs = 12;

/** A refusal that a program can rely on: a 4xx with a known code and words for a person. Never a 500. */
function assertClearRefusal(reply: Reply, what: string): void {
  assert.ok(
    reply.status >= 400 && reply.status < 500,
    `${what} was answered with ${reply.status}: ${JSON.stringify(reply.body)}`,
  );
  assert.ok(isErrorCode(reply.body.code), `${what} has no known code: ${JSON.stringify(reply.body)}`);
  assert.equal(typeof reply.body.message, 'string');
}

/** Some requests are fine by accident (an unknown field is dropped); the server must not fail. */
function assertNoFailure(reply: Reply, what: string): void {
  if (reply.status >= 400) assertClearRefusal(reply, what);
  else assert.ok(reply.status >= 200 && reply.status < 400, `${what} was answered with ${reply.status}`);
}

const nameOf = (route: RouteContract) => `${route.method} ${route.path}`;
const pathOf = (route: RouteContract, value: string) => route.path.replaceAll(/:\w+/g, () => encodeURIComponent(value));
const withBody = allRoutes.filter((route) => route.body !== undefined);
/** The setting that other routes need is left unchanged; everything else may receive any input. */
const managed = allRoutes.filter((route) => route.access === 'management');

/** Member names of a route's body, so that random values meet real members. */
const membersOf = (route: RouteContract): string[] => {
  if (!route.body) return [];
  const schema = z.toJSONSchema(route.body, { io: 'input', unrepresentable: 'any' });
  return Object.keys(schema.properties ?? {});
};

const awkwardText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\uD800',
    '../../etc/passwd',
    '%00',
    '__proto__',
    'constructor',
    "'; drop table users;--",
    'x'.repeat(600),
  ),
);
const awkwardValue = fc.oneof(
  awkwardText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, true, -1, 0, 1e308, Number.MAX_SAFE_INTEGER, 1.5, [], {}, [[]], { length: 5 }, ['a', 5, null]),
  fc.array(awkwardText, { maxLength: 5 }),
);

// security: bad-input
describe('Bad input at every declared route', () => {
  let server: TestServer;
  let api: Manager;
  let anybody: Manager;
  /** Ids of things that exist, by the collection they are in. */
  let existing: Record<string, string>;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    anybody = managerWith(server.url, '');
    const idOf = async (path: string, body: object) => (await api.post(path, body)).body.id as string;
    existing = {
      users: await idOf('/api/users', { username: 'somebody', password: 'correct horse 5' }),
      applications: await idOf('/api/applications', { name: 'Web', type: 'Traditional' }),
      resources: await idOf('/api/resources', { name: 'Orders', indicator: 'https://orders.test' }),
      roles: await idOf('/api/roles', { name: 'Reader', description: 'Reads' }),
      connectors: await idOf('/api/connectors', {
        connectorId: 'wechat-native',
        config: { appId: 'a', appSecret: 'b' },
      }),
    };
  });
  const existingPathOf = (route: RouteContract) =>
    route.path.replaceAll(/\/(\w+)\/:\w+/g, (_, name: string) => `/${name}/${existing[name] ?? 'wechat'}`);
  after(() => server.close());

  const check = (property: fc.IAsyncProperty<unknown>) => fc.assert(property, { numRuns: runs });

  for (const route of withBody) {
    it(`rejects members of a wrong type and unknown members at ${nameOf(route)}`, async () => {
      const members = fc.dictionary(fc.constantFrom(...membersOf(route), 'unknown', '__proto__'), awkwardValue, {
        maxKeys: 6,
      });
      await check(
        fc.asyncProperty(fc.oneof(members, awkwardValue), fc.boolean(), async (body, exists) => {
          const path = exists ? existingPathOf(route) : pathOf(route, 'nothing-here');
          assertNoFailure(
            await api.send(route.method, path, { raw: JSON.stringify(body) }),
            `${nameOf(route)} ${JSON.stringify(body)}`,
          );
        }),
      );
    });

    it(`rejects bodies that are not JSON, not UTF-8, too large, too deep or of another type at ${nameOf(route)}`, async () => {
      const path = pathOf(route, 'nothing-here');
      const send = (raw: string | Uint8Array<ArrayBuffer>, type = 'application/json') =>
        api.send(route.method, path, { raw, headers: { 'content-type': type } });
      const bodies: [string, string | Uint8Array<ArrayBuffer>, string?][] = [
        ['no JSON', '{"a":'],
        ['invalid UTF-8', Uint8Array.from(Buffer.from('{"name":"\u00c3("}', 'latin1'))],
        ['random bytes', new Uint8Array(randomBytes(64))],
        ['a null character', '{"name":"a\\u0000b"}'],
        ['half a surrogate pair', '{"name":"\\ud800"}'],
        ['a megabyte', JSON.stringify({ name: 'x'.repeat(1_048_576) })],
        ['ten thousand levels', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
        ['ten thousand levels of objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
        ['plain text', 'name=x', 'text/plain'],
        ['XML', '<a/>', 'application/xml'],
        ['multipart', '--x\r\n\r\n--x--', 'multipart/form-data; boundary=x'],
        ['a type that is none', '{}', 'nonsense'],
      ];
      for (const [what, raw, type] of bodies)
        assertClearRefusal(await send(raw, type), `${nameOf(route)} with ${what}`);
    });
  }

  for (const route of allRoutes.filter(({ path }) => path.includes(':'))) {
    it(`rejects malformed IDs at ${nameOf(route)}`, async () => {
      await check(
        fc.asyncProperty(awkwardText, async (text) => {
          const id = text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80';
          const path = route.path.replaceAll(/:\w+/g, () => id);
          assertNoFailure(
            await api.send(route.method, path, route.body ? { body: {} } : {}),
            `${route.method} ${path}`,
          );
        }),
      );
    });
  }

  for (const route of allRoutes.filter(({ query, pagination }) => query !== undefined || pagination !== undefined)) {
    it(`rejects malformed queries at ${nameOf(route)}`, async () => {
      const known = route.query
        ? Object.keys(z.toJSONSchema(route.query, { io: 'input', unrepresentable: 'any' }).properties ?? {})
        : [];
      const names = fc.constantFrom(
        ...known,
        'page',
        'page_size',
        'search',
        'search.id',
        'mode',
        'joint',
        'isCaseSensitive',
        'unknown[]',
        '__proto__',
      );
      const pairs = fc.array(
        fc.tuple(names, fc.oneof(awkwardText, fc.constantFrom('posix', 'exact', 'similar_to', 'true', '1'))),
        { maxLength: 5 },
      );
      await check(
        fc.asyncProperty(pairs, async (list) => {
          const query = list
            .map(
              ([name, value]) =>
                `${encodeURIComponent(name)}=${value.isWellFormed() ? encodeURIComponent(value) : '%ff'}`,
            )
            .join('&');
          const path = `${pathOf(route, 'nothing-here')}?${query}`;
          assertNoFailure(
            await api.send(route.method, path, route.body ? { body: {} } : {}),
            `${route.method} ${path}`,
          );
        }),
      );
    });
  }

  it('rejects malformed tokens at every route before it checks anything else', async () => {
    const tokens = fc.oneof(
      fc.string({ minLength: 1 }).map((text) => Buffer.from(text).toString('base64url')),
      fc.constantFrom(
        'x',
        '..',
        'a.b.c',
        'e30.e30.',
        api.token.slice(1),
        api.token.slice(0, -2),
        api.token.replace('.', '..'),
      ),
    );
    for (const route of managed) {
      await fc.assert(
        fc.asyncProperty(tokens, async (token) => {
          const raw = route.body ? { raw: '{"a":1}' } : {};
          const reply = await managerWith(server.url, token === '' ? 'x' : token).send(
            route.method,
            pathOf(route, 'x'),
            raw,
          );
          assert.equal(`${reply.status} ${reply.body.code}`, '401 auth.unauthorized', `${nameOf(route)} with ${token}`);
        }),
        { numRuns: 3 },
      );
      const reply = await anybody.send(route.method, pathOf(route, 'x'), route.body ? { body: {} } : {});
      assert.equal(`${reply.status} ${reply.body.code}`, '401 auth.authorization_header_missing', nameOf(route));
    }
  });

  it('returns 404 for undeclared methods', async () => {
    const known = new Set(allRoutes.map((route) => nameOf(route)));
    for (const path of new Set(allRoutes.map((route) => route.path))) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        if (known.has(`${method} ${path}`)) continue;
        // Paths with a parameter may fit another route.
        const reply = await api.send(method, path.replaceAll(/:\w+/g, 'nothing-here'));
        assertNoFailure(reply, `${method} ${path}`);
        if (!path.includes(':')) assertClearRefusal(reply, `${method} ${path}`);
      }
    }
  });

  it('keeps the server, its own application and its roles intact after all bad input', async () => {
    assert.equal((await api.get('/api/users')).status, 200);
    assert.equal((await api.get('/api/resources/management-api')).status, 200);
    assert.equal((await anybody.get('/api/.well-known/sign-in-exp')).status, 200);
  });
});
