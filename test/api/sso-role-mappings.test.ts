import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { type HostileCompany, startHostileCompany } from '../support/hostile-company.ts';
import { type Manager, manage } from '../support/management.ts';
import { visit } from '../support/page-agent.ts';
import { startServer, type TestServer } from '../support/server.ts';

const email = 'ada@acme.example';
const groups = ['staff', 'engineers', 'managers'];

interface Mapping {
  value: string;
  organization: number;
  roles: number[];
}
/** What happens to a user, in any order. */
type Happening =
  | { type: 'sign in'; groups: string[] }
  | { type: 'map'; mappings: Mapping[] }
  | { type: 'grant' | 'take'; organization: number; role: number }
  | { type: 'leave'; organization: number };

const place = { organization: fc.nat({ max: 1 }), role: fc.nat({ max: 2 }) };
const mappings = fc.array(
  fc.record({
    value: fc.constantFrom(...groups),
    organization: place.organization,
    roles: fc.uniqueArray(place.role, { maxLength: 2 }),
  }),
  { maxLength: 4 },
);
const signIn = fc.record({ type: fc.constant('sign in' as const), groups: fc.subarray(groups) });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: signIn },
  fc.record({ type: fc.constant('map' as const), mappings }),
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('grant' as const, 'take' as const), ...place }) },
  fc.record({ type: fc.constant('leave' as const), organization: place.organization }),
);

describe('Organization roles by the groups of a company', () => {
  let acme: HostileCompany;
  let server: TestServer;
  let api: Manager;
  let connectorId: string;
  let organizations: string[];
  let roles: string[];
  before(async () => {
    acme = await startHostileCompany();
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    api = await manage(server);
    await api.patch('/api/sign-in-exp', { singleSignOnEnabled: true });
    connectorId = await connect('Acme');
    const create = async (path: string, body: object) => (await api.post(path, body)).body.id as string;
    organizations = [
      await create('/api/organizations', { name: 'A' }),
      await create('/api/organizations', { name: 'B' }),
    ];
    roles = [];
    for (const name of ['one', 'two', 'three'])
      roles.push(await create('/api/organization-roles', { name, type: 'User' }));
  });
  after(async () => {
    await server?.close();
    await acme?.close();
  });
  beforeEach(() => forget());

  const connect = async (connectorName: string): Promise<string> => {
    const draft = { providerName: 'OIDC', connectorName, config: acme.config, domains: ['acme.example'] };
    return (await api.post('/api/sso-connectors', draft)).body.id;
  };
  const forget = async () => {
    for (const { id } of (await api.get('/api/users?page_size=100')).body) await api.delete(`/api/users/${id}`);
  };
  const enter = async (reported: readonly string[], by = connectorId): Promise<string> => {
    acme.userinfo = { sub: 'ada', email, email_verified: true, groups: reported };
    const browser = await visit(server, { direct_sign_in: `sso:${by}` });
    const begun = await browser.get(`/direct/sso/${by}?app_id=demo-app`);
    const end = await browser.arrive(await browser.get(acme.agree(begun.headers.get('location') ?? '')));
    assert.ok(end.searchParams.get('code'));
    return (await api.get('/api/users?page_size=100')).body[0].id;
  };
  const map = async (given: Mapping[], id = connectorId) => {
    const roleMappings = given.map(({ value, organization, roles: indexes }) => ({
      attribute: 'groups',
      value,
      organizationId: organizations[organization],
      organizationRoleIds: indexes.map((index) => roles[index]),
    }));
    assert.equal((await api.patch(`/api/sso-connectors/${id}`, { roleMappings })).status, 200);
  };
  const pathOf = (organization: number, userId: string) =>
    `/api/organizations/${organizations[organization]}/users/${userId}/roles`;
  /** The roles by organization, in which the user is a member. */
  const standing = async (userId: string): Promise<Record<string, string[]>> => {
    const found = (await api.get(`/api/users/${userId}/organizations`)).body as {
      name: string;
      organizationRoles: { name: string }[];
    }[];
    return Object.fromEntries(
      found.map(({ name, organizationRoles }) => [name, organizationRoles.map((role) => role.name).sort()]).sort(),
    );
  };

  // security: enterprise-role-mappings
  it('are given where their own mapping says so, and only they are taken away again', async () => {
    const history = fc.array(happening, { minLength: 2, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(mappings, fc.subarray(groups), history, async (first, reported, happenings) => {
        await forget();
        const model = createModel();
        await map(first);
        model.mappings = first;
        const userId = await enter(reported);
        model.signIn(reported);
        assert.deepEqual(await standing(userId), model.standing());
        for (const one of happenings) {
          await happen(userId, one, model);
          assert.deepEqual(await standing(userId), model.standing(), JSON.stringify(one));
        }
      }),
      {
        numRuns: 15,
        examples: [
          [
            [{ value: 'staff', organization: 0, roles: [0] }],
            [],
            [
              { type: 'grant', organization: 0, role: 0 },
              { type: 'sign in', groups: ['staff'] },
              { type: 'sign in', groups: [] },
            ],
          ],
        ],
      },
    );
  });

  const happen = async (userId: string, one: Happening, model: Model) => {
    if (one.type === 'sign in') {
      await enter(one.groups);
      model.signIn(one.groups);
    } else if (one.type === 'map') {
      await map(one.mappings);
      model.mappings = one.mappings;
    } else if (one.type === 'leave') {
      await api.delete(`/api/organizations/${organizations[one.organization]}/users/${userId}`);
      model.members.delete(one.organization);
    } else if (one.type === 'take') {
      await api.delete(`${pathOf(one.organization, userId)}/${roles[one.role]}`);
      model.members.get(one.organization)?.delete(one.role);
    } else {
      await api.post(`/api/organizations/${organizations[one.organization]}/users`, { userIds: [userId] });
      await api.post(pathOf(one.organization, userId), { organizationRoleIds: [roles[one.role]] });
      const member = model.memberOf(one.organization);
      member.set(one.role, member.get(one.role) ?? 'operator');
    }
  };

  // security: enterprise-role-mappings
  it('that two companies give end with the last of them', async () => {
    const other = await connect('Acme again');
    const both = [{ value: 'staff', organization: 0, roles: [0] }];
    await map(both);
    await map(both, other);
    const userId = await enter(['staff']);
    await enter(['staff'], other);
    await enter([], other);
    assert.deepEqual(await standing(userId), { A: ['one'] });
    await enter([]);
    assert.deepEqual(await standing(userId), { A: [] });
    await api.delete(`/api/sso-connectors/${other}`);
  });

  // security: enterprise-role-mappings
  it('do not keep a user from signing in while an operator takes one of them, or ends the membership', async () => {
    const { db, id: tenantId } = server.tenant;
    await map([{ value: 'staff', organization: 0, roles: [0] }]);
    const changes: [table: string, reported: string[], expected: Record<string, string[]>][] = [
      ['organization_user_roles', ['staff'], { A: ['one'] }],
      ['organization_user_roles', [], { A: [] }],
      ['organization_users', ['staff'], { A: ['one'] }],
      ['organization_users', [], {}],
    ];
    for (const [table, reported, expected] of changes) {
      await forget();
      const userId = await enter(['staff']);
      let entering: Promise<string> | undefined;
      let isEntered = false;
      await db.transaction(async (tx) => {
        await tx.raw(`delete from ${table} where tenant_id = $1 and user_id = $2`, [tenantId, userId]);
        entering = enter(reported).finally(() => {
          isEntered = true;
        });
        entering.catch(() => undefined);
        // Until the sign-in waits for the change.
        while (!isEntered && (await db.raw('select 1 from pg_locks where not granted')).length === 0);
      });
      await entering;
      assert.deepEqual(await standing(userId), expected, `${table} ${reported}`);
    }
  });
});

const names = { organizations: ['A', 'B'], roles: ['one', 'two', 'three'] };
type Model = ReturnType<typeof createModel>;

/** What the documentation promises: by organization, each role of the user and who gave it. */
function createModel() {
  const members = new Map<number, Map<number, 'mapping' | 'operator'>>();
  const memberOf = (organization: number) => {
    const known = members.get(organization) ?? new Map();
    members.set(organization, known);
    return known;
  };
  const model = {
    members,
    memberOf,
    mappings: [] as Mapping[],
    signIn(reported: readonly string[]) {
      const fitting = model.mappings.filter(({ value }) => reported.includes(value));
      for (const { organization } of fitting) memberOf(organization);
      for (const [organization, held] of members) {
        const wanted = fitting.filter((each) => each.organization === organization).flatMap((each) => each.roles);
        for (const [role, giver] of held) if (giver === 'mapping' && !wanted.includes(role)) held.delete(role);
        for (const role of wanted) if (!held.has(role)) held.set(role, 'mapping');
      }
    },
    standing: () =>
      Object.fromEntries(
        [...members]
          .sort()
          .map(([organization, held]) => [
            names.organizations[organization],
            [...held.keys()].map((role) => names.roles[role] ?? '').sort(),
          ]),
      ),
  };
  return model;
}
