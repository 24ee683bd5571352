import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { scimLimits, scimUrn } from '@aldaba/contract/scim';
import { manage } from '../support/management.ts';
import { assertScimError, directoryOf, person, type ScimClient } from '../support/scim.ts';
import { startServer, type TestServer } from '../support/server.ts';

const names = ['ada', 'bob', 'cyd', 'dan', 'eve'];

describe('Lists of the SCIM server', () => {
  let server: TestServer;
  let scim: ScimClient;
  const ids = new Map<string, string>();
  before(async () => {
    server = await startServer();
    scim = await directoryOf(await manage(server), server.tenant.baseUrl);
    for (const [index, name] of names.entries()) {
      const { body } = await scim.post(
        '/Users',
        person(`${name}@example.com`, {
          externalId: `E-${index}`,
          title: index % 2 === 0 ? 'Engineer' : 'Manager',
          displayName: name.toUpperCase(),
          active: name !== 'eve',
          emails: [
            { value: `${name}@example.com`, type: 'work', primary: true },
            { value: `${name}@home.example`, type: 'home' },
          ],
          ...(index === 0
            ? {}
            : { [scimUrn.enterpriseUser]: { department: `D${index}`, manager: { value: ids.get('ada') } } }),
        }),
      );
      ids.set(name, body.id);
    }
  });
  after(() => server.close());

  const finds = async (filter: string, expected: string) => {
    const found = await scim.find(filter);
    assert.deepEqual(found, expected === '' ? [] : expected.split(' ').map((name) => `${name}@example.com`), filter);
  };

  it('finds by every operator, without case where the schema says so', async () => {
    await finds('userName eq "ADA@example.com"', 'ada');
    await finds('USERNAME Eq "ada@EXAMPLE.com"', 'ada');
    await finds('externalId eq "E-1"', 'bob');
    await finds('externalId eq "e-1"', '');
    await finds('userName ne "ada@example.com" and title ne "Manager"', 'cyd eve');
    await finds('displayName co "D"', 'ada cyd dan');
    await finds('userName sw "C"', 'cyd');
    await finds('displayName ew "ve"', 'eve');
    await finds('userName gt "cyd@example.com"', 'dan eve');
    await finds('userName ge "dan@example.com"', 'dan eve');
    await finds('userName lt "bob@example.com"', 'ada');
    await finds('userName le "bob@example.com"', 'ada bob');
    await finds('nickName pr', '');
    await finds(`not (${scimUrn.enterpriseUser}:manager pr)`, 'ada');
    await finds('active eq false', 'eve');
    await finds('active eq true and externalId pr and title eq "Manager"', 'bob dan');
    await finds(`id eq "${ids.get('dan')}"`, 'dan');
    await finds('nickName eq null and userName sw "b"', 'bob');
  });

  it('finds by time, by attributes of extensions and by sub-attributes', async () => {
    await finds('meta.lastModified gt "2000-01-01T00:00:00Z" and userName sw "a"', 'ada');
    await finds('meta.created gt "2999-01-01T00:00:00Z"', '');
    await finds(`${scimUrn.enterpriseUser}:department eq "d3"`, 'dan');
    await finds(`${scimUrn.enterpriseUser}:manager.value eq "${ids.get('ada')}"`, 'bob cyd dan eve');
    await finds(`${scimUrn.enterpriseUser}:manager eq "${ids.get('ada')}" and userName sw "b"`, 'bob');
    await finds(`${scimUrn.user}:userName eq "ada@example.com"`, 'ada');
    await finds('emails co "@home.example" and userName sw "b"', 'bob');
  });

  it('binds not before and, and before or, and honors parentheses', async () => {
    await finds('userName sw "a" or userName sw "b" and title eq "Engineer"', 'ada');
    await finds('userName sw "a" or userName sw "c" and title eq "Manager"', 'ada');
    await finds('(userName sw "a" or userName sw "b") and title eq "Manager"', 'bob');
    await finds('not (userName sw "a") and title eq "Engineer"', 'cyd eve');
    await finds('not (userName sw "a" or title eq "Manager")', 'cyd eve');
  });

  it('requires one value to fulfill a whole value path', async () => {
    await finds('emails[type eq "home" and value co "ada"]', 'ada');
    await finds('emails[type eq "home" and value co "@example.com"]', '');
    await finds('emails[type eq "work"].value eq "BOB@example.com"', 'bob');
    await finds('emails[type eq "home"].value eq "bob@example.com"', '');
    await finds('emails.type eq "home" and emails.value eq "cyd@example.com"', 'cyd');
    await finds('emails[not (type eq "work")] and userName sw "d"', 'dan');
    await finds('emails.value eq "eve@home.example"', 'eve');
  });

  it('decodes the escapes of JSON in values', async () => {
    await scim.post('/Users', person('quote@example.com', { nickName: 'a "b" \\ é\n' }));
    await finds(String.raw`nickName eq "a \"b\" \\ \u00E9\n"`, 'quote');
    await scim.delete(`/Users/${(await scim.get('/Users?filter=nickName%20pr')).body.Resources[0].id}`);
  });

  // security: directory-filters
  it('refuses filters that it does not understand', async () => {
    const bad = [
      ...['userName', 'userName eq', 'userName eq ada', "userName eq 'ada'", 'userName xx "a"', 'eq "a"'],
      ...['userName eq "a" and', '(userName pr', 'userName pr)', 'not userName pr', 'userName[type eq "a"]'],
      ...['emails[type eq "a"', 'emails[value[type eq "a"]]', 'unknown eq "a"', 'emails[unknown eq "a"]', ''],
      ...['active gt true', 'meta.created gt "yesterday"', 'userName gt 5', 'userName eq "\\u0000"', '__proto__ pr'],
      ...['emails.value.type pr', 'constructor.name pr', 'userName eq "a\\q"', 'userName eq "a" "b"'],
      `${'('.repeat(2000)}userName pr${')'.repeat(2000)}`,
      `userName eq "${'\\'.repeat(4000)}`,
      `${'not ('.repeat(300)}userName pr${')'.repeat(300)}`,
      `userName eq "${'a'.repeat(scimLimits.filterLength)}"`,
    ];
    for (const filter of bad) {
      const reply = await scim.send('POST', '/Users/.search', { body: { filter } });
      assertScimError(reply, 400, filter.length > scimLimits.filterLength ? 'invalidSyntax' : 'invalidFilter');
    }
  });

  it('sorts and pages, and never returns more than a bounded page', async () => {
    const page = async (query: string) => {
      const { body } = await scim.get(`/Users?${query}`);
      return { ...body, names: body.Resources.map((user: { userName: string }) => user.userName.split('@')[0]) };
    };
    const first = await page('sortBy=userName&count=2');
    assert.deepEqual(
      [first.names, first.totalResults, first.startIndex, first.itemsPerPage],
      [['ada', 'bob'], 5, 1, 2],
    );
    assert.deepEqual((await page('sortBy=userName&startIndex=4&count=2')).names, ['dan', 'eve']);
    assert.deepEqual((await page('sortBy=userName&sortOrder=descending&count=1')).names, ['eve']);
    assert.deepEqual((await page('sortBy=displayName&sortOrder=descending&count=2')).names, ['eve', 'dan']);
    assert.deepEqual((await page('sortBy=emails.value&startIndex=5')).names, ['eve']);
    assert.deepEqual((await page(`sortBy=${scimUrn.enterpriseUser}:department`)).names, [
      'bob',
      'cyd',
      'dan',
      'eve',
      'ada',
    ]);
    assert.deepEqual((await page('startIndex=99')).names, []);
    assert.deepEqual((await page('startIndex=-3&count=1')).startIndex, 1);
    const none = await page('count=0');
    assert.deepEqual([none.names, none.totalResults], [[], 5]);
    assert.equal((await page('count=-1')).itemsPerPage, 0);
    assert.ok((await page('count=100000')).itemsPerPage <= scimLimits.pageSize);
    assertScimError(await scim.get('/Users?sortBy=unknown'), 400, 'invalidPath');
    assertScimError(await scim.get('/Users?count=many'), 400, 'invalidSyntax');
    assertScimError(await scim.get('/Users?startIndex=1e300'), 400, 'invalidSyntax');
    assertScimError(await scim.get('/Users?sortBy=userName&sortOrder=sideways'), 400, 'invalidSyntax');
  });

  it('searches by POST, in one type and in all', async () => {
    const search = {
      schemas: [scimUrn.search],
      filter: 'userName sw "a"',
      attributes: ['userName'],
      startIndex: 1,
      count: 10,
    };
    const { body } = await scim.post('/Users/.search', search);
    assert.deepEqual(
      body.Resources.map((user: { userName: string }) => user.userName),
      ['ada@example.com'],
    );
    await scim.post('/Groups', { displayName: 'All' });
    const all = await scim.post('/.search', { count: 100 });
    assert.equal(all.body.totalResults, 6);
    const groups = await scim.post('/.search', { filter: 'meta.resourceType eq "Group"' });
    assert.equal(groups.body.Resources[0].displayName, 'All');
    assert.deepEqual((await scim.post('/.search', { filter: 'userName sw "b"' })).body.totalResults, 1);
    assertScimError(await scim.post('/.search', { filter: 'nothing pr' }), 400, 'invalidFilter');
  });
});
