import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { scimUrn } from '@aldaba/contract/scim';
import fc from 'fast-check';
import { manage } from '../support/management.ts';
import { assertScimError, directoryOf, person, type ScimClient } from '../support/scim.ts';
import { startServer, type TestServer } from '../support/server.ts';

interface Email {
  value: string;
  type: string;
  primary?: boolean;
}
interface Resource {
  id: string;
  userName: string;
  externalId?: string;
  title?: string;
  active: boolean;
  name?: { familyName?: string };
  emails?: Email[];
  [extension: string]: unknown;
}

/** A filter with its meaning, made in step, so that the meaning does not come from the server. */
interface Meant {
  text: string;
  holds: (user: Resource) => boolean;
}

const words = ['a', 'A', 'ab', 'Ab', 'b', 'É', 'é', 'x"y', '\\', ' (z) ', '\u212a', 'k', 'İ', 'ß', 'ẞ', '5', 'true'];
const word = fc.constantFrom(...words);
const department = `${scimUrn.enterpriseUser}:department`;

/** Where a filter looks, whether case matters there, and what a user has there. */
const places: [path: string, isExact: boolean, read: (user: Resource) => (string | undefined)[]][] = [
  ['userName', false, ({ userName }) => [userName]],
  [`${scimUrn.user}:USERNAME`, false, ({ userName }) => [userName]],
  ['externalId', true, ({ externalId }) => [externalId]],
  ['title', false, ({ title }) => [title]],
  ['name.familyName', false, ({ name }) => [name?.familyName]],
  ['emails', false, ({ emails = [] }) => emails.map(({ value }) => value)],
  ['emails.value', false, ({ emails = [] }) => emails.map(({ value }) => value)],
  ['emails.type', false, ({ emails = [] }) => emails.map(({ type }) => type)],
  [department, false, (user) => [(user[scimUrn.enterpriseUser] as { department?: string } | undefined)?.department]],
];

const operators = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const;
type Operator = (typeof operators)[number];

function holds(op: Operator, left: string, right: string): boolean {
  const tests: Record<Operator, boolean> = {
    ...{ eq: left === right, ne: left !== right, co: left.includes(right) },
    ...{ sw: left.startsWith(right), ew: left.endsWith(right) },
    ...{ gt: left > right, ge: left >= right, lt: left < right, le: left <= right },
  };
  return tests[op];
}

const compare = (op: Operator, given: (string | undefined)[], wanted: string, isExact: boolean): boolean => {
  const fold = (text: string) => (isExact ? text : text.toLowerCase());
  const values = given.filter((value) => value !== undefined).map(fold);
  if (op === 'ne') return !values.some((value) => value === fold(wanted));
  return values.some((value) => holds(op, value, fold(wanted)));
};

/** JSON, at times with an escape that is not necessary. */
const quoted = (value: string, isEscaped: boolean): string =>
  isEscaped
    ? `"${[...value].map((one) => [...Array(one.length).keys()].map((at) => `\\u${one.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')).join('')}"`
    : JSON.stringify(value);

/** Values as they are, and those of users, so that comparisons find something. */
const valueFor = (users: readonly Resource[]) =>
  fc.oneof(
    word,
    fc.constantFrom(
      ...users.flatMap(({ userName, externalId, emails }) => [userName, externalId ?? 'a', emails?.[0]?.value ?? 'a']),
    ),
    fc.constantFrom(...users.map(({ userName }) => userName.toUpperCase())),
  );

function filters(users: readonly Resource[]): fc.Arbitrary<Meant> {
  const value = valueFor(users);
  const comparison = fc
    .record({ place: fc.constantFrom(...places), op: fc.constantFrom(...operators), value, isEscaped: fc.boolean() })
    .map(
      ({ place: [path, isExact, read], op, value: wanted, isEscaped }): Meant => ({
        text: `${path} ${op} ${quoted(wanted, isEscaped)}`,
        holds: (user) => compare(op, read(user), wanted, isExact),
      }),
    );
  // What an index may find, so that the tree has it often.
  const indexed = fc.record({ place: fc.constantFrom(...places.slice(0, 7)), value }).map(
    ({ place: [path, isExact, read], value: wanted }): Meant => ({
      text: `${path} eq ${JSON.stringify(wanted)}`,
      holds: (user) => compare('eq', read(user), wanted, isExact),
    }),
  );
  const present = fc.constantFrom(...places).map(
    ([path, , read]): Meant => ({
      text: `${path} pr`,
      holds: (user) => read(user).some((each) => each !== undefined),
    }),
  );
  const active = fc.record({ op: fc.constantFrom('eq', 'ne'), value: fc.boolean(), isText: fc.boolean() }).map(
    ({ op, value: wanted, isText }): Meant => ({
      text: `active ${op} ${isText ? (wanted ? '"True"' : '"False"') : wanted}`,
      holds: (user) => (user.active === wanted) === (op === 'eq'),
    }),
  );
  const email = fc
    .record({ type: fc.constantFrom('work', 'HOME', 'other'), op: fc.constantFrom(...operators), value })
    .map(
      ({ type, op, value: wanted }): Meant => ({
        text: `emails[type eq "${type}" and value ${op} ${JSON.stringify(wanted)}]`,
        holds: ({ emails = [] }) =>
          emails.some(
            (each) => each.type.toLowerCase() === type.toLowerCase() && compare(op, [each.value], wanted, false),
          ),
      }),
    );
  const { tree } = fc.letrec<{ tree: Meant; joined: Meant }>((tie) => ({
    tree: fc.oneof({ maxDepth: 4 }, comparison, indexed, present, active, email, tie('joined'), tie('joined')),
    joined: fc
      .record({ op: fc.constantFrom('and', 'or', 'not'), left: tie('tree'), right: tie('tree') })
      .map(({ op, left, right }): Meant => {
        if (op === 'not') return { text: `not (${left.text})`, holds: (user) => !left.holds(user) };
        if (op === 'or')
          return { text: `(${left.text} or ${right.text})`, holds: (user) => left.holds(user) || right.holds(user) };
        const [one, other] = [left, right].map(({ text }) => `(${text})`);
        return { text: `${one} aNd ${other}`, holds: (user) => left.holds(user) && right.holds(user) };
      }),
  }));
  return tree;
}

describe('Lists of the SCIM server, for random users', () => {
  let server: TestServer;
  let scim: ScimClient;
  const users: Resource[] = [];
  before(async () => {
    server = await startServer();
    scim = await directoryOf(await manage(server), server.tenant.baseUrl);
    const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
    const one = fc.record({
      ...{ title: maybe(word), familyName: maybe(word), external: maybe(word), department: maybe(word) },
      ...{
        types: fc.subarray(['work', 'home', 'other']),
        active: fc.boolean(),
        prefix: word,
        isPrimaryLast: fc.boolean(),
      },
    });
    for (const [at, given] of fc.sample(one, { numRuns: 60, seed: 7 }).entries()) {
      const emails = given.types.map((type, index) => ({
        value: `p${at}.${type}@Example.com`,
        type,
        primary: index === (given.isPrimaryLast ? given.types.length - 1 : 0),
      }));
      const reply = await scim.post(
        '/Users',
        person(`${given.prefix}${at}`, {
          ...{ title: given.title, active: given.active },
          ...(given.external === undefined ? {} : { externalId: `${given.external}-${at}` }),
          ...(given.familyName === undefined ? {} : { name: { familyName: given.familyName } }),
          ...(emails.length === 0 ? {} : { emails }),
          ...(given.department === undefined ? {} : { [scimUrn.enterpriseUser]: { department: given.department } }),
        }),
      );
      assert.equal(reply.status, 201, JSON.stringify([given, reply.body]));
      users.push((await scim.get(`/Users/${reply.body.id}`)).body);
    }
  });
  after(() => server.close());

  const idsOf = (body: { Resources: Resource[] }) => body.Resources.map(({ id }) => id);

  it('find what the filter says, by GET and by POST, whatever an index can find of it', async () => {
    await fc.assert(
      fc.asyncProperty(filters(users), fc.boolean(), async ({ text, holds: isMeant }, byPost) => {
        if (text.length > 2000) return;
        const expected = users.filter(isMeant).map(({ id }) => id);
        const reply = byPost
          ? await scim.post('/Users/.search', { schemas: [scimUrn.search], filter: text, count: 200 })
          : await scim.get(`/Users?count=200&filter=${encodeURIComponent(text)}`);
        assert.equal(reply.status, 200, JSON.stringify([text, reply.body]));
        assert.deepEqual(idsOf(reply.body).sort(), expected.sort(), text);
        assert.equal(reply.body.totalResults, expected.length);
      }),
      { numRuns: 300 },
    );
  });

  // security: directory-filters
  it('refuse a broken filter as invalidFilter, wherever it is broken', async () => {
    const broken = fc.record({
      filter: filters(users),
      at: fc.nat(),
      piece: fc.constantFrom('"', '(', ')', '[', ']', '\u0000', ' eq ', '.', '\\'),
    });
    await fc.assert(
      fc.asyncProperty(broken, async ({ filter: { text }, at, piece }) => {
        if (text.length > 2000) return;
        const cut = at % (text.length + 1);
        const reply = await scim.get(
          `/Users?filter=${encodeURIComponent(text.slice(0, cut) + piece + text.slice(cut))}`,
        );
        if (reply.status !== 200) assertScimError(reply, 400, 'invalidFilter');
      }),
      { numRuns: 150 },
    );
  });

  const sorts: [by: string, key: (user: Resource) => string | undefined][] = [
    ['userName', ({ userName }) => userName],
    ['title', ({ title }) => title],
    ['name.familyName', ({ name }) => name?.familyName],
    ['emails', ({ emails }) => (emails?.find(({ primary }) => primary) ?? emails?.[0])?.value],
    ['emails.type', ({ emails }) => (emails?.find(({ primary }) => primary) ?? emails?.[0])?.type],
    [department, (user) => (user[scimUrn.enterpriseUser] as { department?: string } | undefined)?.department],
  ];
  for (const [by, key] of sorts)
    for (const order of ['ascending', 'descending'])
      it(`sort by ${by}, ${order}, with the same pages each time (RFC 7644 section 3.4.2.3)`, async () => {
        const asked = `/Users?sortBy=${encodeURIComponent(by)}&sortOrder=${order}&filter=${encodeURIComponent('userName pr')}`;
        const whole = (await scim.get(`${asked}&count=200`)).body;
        assert.equal(whole.totalResults, users.length);
        const paged: string[] = [];
        for (let start = 1; start <= users.length; start += 7)
          paged.push(...idsOf((await scim.get(`${asked}&count=7&startIndex=${start}`)).body));
        assert.deepEqual(paged, idsOf(whole));
        const keys = (whole.Resources as Resource[]).map((user) => key(user)?.toLowerCase());
        const known = keys.filter((each) => each !== undefined);
        const sorted = known.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        const none = keys.filter((each) => each === undefined);
        // Users without a value come last, in descending order first.
        assert.deepEqual(keys, order === 'ascending' ? [...sorted, ...none] : [...none, ...sorted.toReversed()]);
      });

  it('have the same pages each time where the database sorts', async () => {
    for (const query of ['', '&sortBy=userName', '&sortBy=meta.created&sortOrder=descending', '&sortBy=displayName']) {
      const whole = (await scim.get(`/Users?count=200${query}`)).body;
      const paged: string[] = [];
      for (let start = 1; start <= users.length; start += 9)
        paged.push(...idsOf((await scim.get(`/Users?count=9&startIndex=${start}${query}`)).body));
      assert.deepEqual(paged, idsOf(whole), query);
      assert.deepEqual(paged.toSorted(), users.map(({ id }) => id).sort(), query);
    }
  });

  it('return the attributes that are asked for, and leave out those that are not', async () => {
    const names = ['userName', 'title', 'emails', 'name.familyName', 'active', 'externalId', department];
    const has = (user: Resource, path: string): boolean => {
      if (path === 'name.familyName') return user.name?.familyName !== undefined;
      if (path === department)
        return (user[scimUrn.enterpriseUser] as { department?: string })?.department !== undefined;
      return user[path] !== undefined;
    };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...users),
        fc.subarray(names, { minLength: 1 }),
        fc.boolean(),
        async (user, asked, excludes) => {
          const list = asked.map((name, at) => (at % 2 === 0 ? name : name.toUpperCase())).join(',');
          const query = `${excludes ? 'excludedAttributes' : 'attributes'}=${encodeURIComponent(list)}`;
          const { status, body } = await scim.get(`/Users/${user.id}?${query}`);
          assert.equal(status, 200, JSON.stringify(body));
          assert.equal(body.id, user.id, 'the id is always returned');
          for (const name of names)
            assert.equal(
              has(body, name),
              has(user, name) && asked.includes(name) !== excludes,
              `${query}: ${name} ${JSON.stringify(body)}`,
            );
        },
      ),
      { numRuns: 60 },
    );
  });
});
