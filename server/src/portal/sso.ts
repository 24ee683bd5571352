/** `/portal/sso`: the identity providers of the organization, how they are connected, tested and switched on. */
import { type PortalSsoFields, type PortalSsoScreen, portalSsoProviders } from '@aldaba/contract';
import type { ConnectorState } from '../features/enterprise/organization-sso/index.ts';
import { samlBodyLimit } from '../features/enterprise/sso-connectors/saml-side.ts';
import { AldabaError } from '../kernel/errors.ts';
import { type PortalRequest, type PortalRoutes, textFields } from './requests.ts';

const pathOf = (id: string): string => `/sso/${encodeURIComponent(id)}`;
const day = 86_400_000;
/** Bytes of a form with pasted metadata: 256 Ki characters, most of them written as three. */
const metadataLimit = 1024 * 1024;
/** Days before the end of a certificate from which the page warns. */
const warning = 30;

const keyOf = ({ request, session }: PortalRequest) => ({
  organizationId: session.organizationId,
  id: (request.params as { connectorId: string }).connectorId,
});

export function ssoRoutes(routes: PortalRoutes): void {
  const { needs, get, post } = routes;
  const { organizationSso: sso } = needs;
  const list = async (page: PortalRequest, failure?: AldabaError) => {
    const all = await sso.list(page.request.tenant, page.session.organizationId);
    const connections = all.map(({ row, name, provider, status }) => ({ id: row.id, name, provider, status }));
    return page.show({ part: 'sso', connections }, failure);
  };
  const show = createShow(routes);
  get('/sso', 'sso', (page) => list(page));
  post(
    '/sso',
    'sso',
    async (page) => {
      const { request, session, administrator } = page;
      const providerName = portalSsoProviders.find((name) => name === page.field('provider'));
      if (!providerName) throw new AldabaError('guard.invalid_input', { reason: 'provider: is not one of the list' });
      const { name } = await needs.organizations.get(request.tenant.db, session.organizationId);
      const draft = { providerName, displayName: name.slice(0, 128) };
      page.go(pathOf(await sso.create(request.tenant, session.organizationId, draft, administrator.by)));
    },
    list,
  );
  get('/sso/:connectorId', 'sso', (page) => show(page));
  post(
    { path: '/sso/:connectorId', bodyLimit: metadataLimit },
    'sso',
    async (page) => {
      const { request, administrator } = page;
      const fields = textFields(page, settingFields);
      const displayName = nameIn(page);
      const trustUnverifiedEmail = page.field('trustUnverifiedEmail') === 'yes';
      const draft = { displayName, fields, trustUnverifiedEmail };
      await sso.save(request.tenant, keyOf(page), draft, administrator.by);
      page.go(pathOf(keyOf(page).id), 'saved');
    },
    show,
  );
  const change = (at: string, notice: 'saved' | 'turned-on' | 'turned-off' | 'removed', work: typeof sso.turnOn) =>
    post(
      `/sso/:connectorId/${at}`,
      'sso',
      async (page) => {
        await work(page.request.tenant, keyOf(page), page.administrator.by);
        page.go(notice === 'removed' ? '/sso' : pathOf(keyOf(page).id), notice);
      },
      show,
    );
  change('on', 'turned-on', sso.turnOn);
  change('off', 'turned-off', sso.turnOff);
  change('discard', 'saved', sso.discard);
  change('remove', 'removed', sso.remove);
  testRoutes(routes, show);
  groupRoutes(routes);
}

/** A test sign-in, and the answer that `relay.ts` hands on. */
function testRoutes({ needs, get, post }: PortalRoutes, show: ReturnType<typeof createShow>): void {
  const { organizationSso: sso } = needs;
  post(
    '/sso/:connectorId/test',
    'sso',
    async (page) => {
      const { request, reply, session } = page;
      const message = await sso.beginTest(request.tenant, keyOf(page), session.linkId);
      if (!message) page.go(`${pathOf(keyOf(page).id)}?tested=yes`);
      else if ('form' in message) await needs.pages.send(request, reply, { kind: 'form-post', ...message.form });
      else reply.header('cache-control', 'no-store').redirect(message.redirectUrl, 303);
    },
    show,
  );
  const finish =
    (read: (page: PortalRequest) => { state: string; data: Record<string, string> }) => async (page: PortalRequest) => {
      const answer = { portalLinkId: page.session.linkId, ...read(page) };
      await sso.finishTest(page.request.tenant, keyOf(page), answer);
      page.go(`${pathOf(keyOf(page).id)}#test-result`);
    };
  get(
    '/sso/:connectorId/answer',
    'sso',
    finish(({ request, query }) => ({ state: query('state'), data: textsIn(request.query) })),
    show,
  );
  post(
    { path: '/sso/:connectorId/answer', bodyLimit: samlBodyLimit },
    'sso',
    finish(({ field }) => ({ state: field('RelayState'), data: { SAMLResponse: field('SAMLResponse') } })),
    show,
  );
}

const textsIn = (query: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries((query ?? {}) as object).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );

/** Which role a group of the provider gives. */
function groupRoutes({ needs, get, post }: PortalRoutes): void {
  const { organizationSso: sso, organizationAdministration: administration } = needs;
  const rolesFor = async (page: PortalRequest) =>
    (await administration.listRoles(page.request.tenant.db, page.administrator)).filter(
      ({ isAssignable }) => isAssignable,
    );
  const show = async (page: PortalRequest, failure?: AldabaError) => {
    const { row, name } = await sso.get(page.request.tenant, keyOf(page));
    const read = (field: string) => (failure ? page.field(field) : page.query(field)).slice(0, 256);
    const [attribute, value] = [read('attribute'), read('value')];
    const mapped = row.roleMappings.find((each) => each.attribute === attribute && each.value === value);
    const roles = (await rolesFor(page)).map(({ id, name: role, description }) => ({
      ...{ id, name: role, isChosen: mapped?.organizationRoleIds.includes(id) ?? false },
      ...(description === null ? {} : { description }),
    }));
    return page.show({ part: 'sso-group', id: row.id, name, attribute, value, roles }, failure);
  };
  get('/sso/:connectorId/group', 'sso', (page) => show(page));
  post(
    '/sso/:connectorId/group',
    'sso',
    async (page) => {
      const [attribute, value] = [page.field('attribute').trim(), page.field('value').trim()];
      for (const text of [attribute, value])
        if (text === '' || text.length > 256)
          throw new AldabaError('guard.invalid_input', {
            reason: 'attribute and value: must have 1 to 256 characters',
          });
      const roleId = page.field('role') || null;
      if (roleId !== null && !(await rolesFor(page)).some(({ id }) => id === roleId))
        throw new AldabaError('organization.exceeds_own_rights');
      await sso.map(page.request.tenant, keyOf(page), { attribute, value, roleId }, page.administrator.by);
      page.go(pathOf(keyOf(page).id), 'saved');
    },
    show,
  );
}

type Connection = Extract<PortalSsoScreen, { part: 'sso-connection' }>;

/** Shows one connection: as saved, or after a refused form as typed. */
function createShow({ needs }: PortalRoutes) {
  const { organizationSso: sso, organizationAdministration: administration, clock } = needs;
  return async (page: PortalRequest, failure?: AldabaError) => {
    const { tenant } = page.request;
    const key = keyOf(page);
    const state = await sso.get(tenant, key);
    const { row, name, provider, type, status, addresses, hasSecret, hasFixedIssuer } = state;
    const roles = await administration.listRoles(tenant.db, page.administrator);
    const test = await sso.lastTest(tenant, key, page.session.linkId);
    const screen: Connection = {
      ...{ part: 'sso-connection', id: row.id, name, provider, type },
      ...{ status, addresses, hasSecret, hasFixedIssuer },
      fields: { ...fieldsOf(state), ...(failure && page.fields().includes('name') ? typedIn(page) : {}) },
      problems: problemsOf(failure),
      ...(state.metadataProblem ? { metadataProblem: shownProblem(state.metadataProblem) } : {}),
      certificates: state.certificateEnds.map((expiresAt) => ({
        expiresAt,
        state: expiresAt < clock.now() ? 'ended' : expiresAt < clock.now() + warning * day ? 'ending' : 'valid',
      })),
      domains: row.domains,
      isSwitchedOff: await sso.isSwitchedOff(tenant),
      mappings: row.roleMappings
        .filter(({ organizationId }) => organizationId === key.organizationId)
        .map(({ attribute, value, organizationRoleIds }) => {
          const role = roles.find(({ id }) => organizationRoleIds.includes(id));
          return { attribute, value, ...(role ? { role: role.name } : {}) };
        }),
      ...(test ? { test } : {}),
    };
    return page.show(screen, failure);
  };
}

const shownProblem = ({ code, since, message: detail }: NonNullable<ConnectorState['metadataProblem']>) =>
  ({ state: code === 'metadata_refused' ? 'refused' : 'unreadable', since, detail }) as const;

const settingFields = [
  ...['issuer', 'clientId', 'clientSecret', 'scope'],
  ...['metadataUrl', 'metadata', 'entityId', 'signInEndpoint', 'x509Certificate'],
  ...['emailAttribute', 'nameAttribute'],
] as const;

function nameIn(page: PortalRequest): string {
  const name = page.field('name').trim();
  if (name === '' || name.length > 128)
    throw new AldabaError('guard.invalid_input', { reason: 'name: must have 1 to 128 characters' });
  return name;
}

/** The fields that the check of a configuration names. */
function problemsOf(failure: AldabaError | undefined): Connection['problems'] {
  const { problems } = (failure?.code === 'connector.invalid_config' ? (failure.data ?? {}) : {}) as {
    problems?: readonly { path: string; message: string }[];
  };
  return (problems ?? []).map(({ path, message }) => ({ field: path, detail: message }));
}

function fieldsOf({ name, config }: ConnectorState): PortalSsoFields {
  const text = (field: string) => (typeof config[field] === 'string' ? config[field] : '');
  const mapping = (config.attributeMapping ?? {}) as { email?: string; name?: string };
  return {
    name,
    ...{ issuer: text('issuer'), clientId: text('clientId'), scope: text('scope') },
    trustUnverifiedEmail: config.trustUnverifiedEmail === true,
    ...{ metadataUrl: text('metadataUrl'), metadata: text('metadata'), entityId: text('entityId') },
    ...{ signInEndpoint: text('signInEndpoint'), x509Certificate: text('x509Certificate') },
    ...{ emailAttribute: mapping.email ?? '', nameAttribute: mapping.name ?? '' },
  };
}

/** What was typed, without the secret. */
function typedIn(page: PortalRequest): PortalSsoFields {
  const { clientSecret: _, ...fields } = textFields(page, ['name', ...settingFields]);
  return { ...fields, trustUnverifiedEmail: page.field('trustUnverifiedEmail') === 'yes' };
}
