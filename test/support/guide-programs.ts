import assert from 'node:assert/strict';
import type { PlaceholderValues } from '../../console/guides/format.ts';
import { reader } from './guide-journey.ts';
import { isInstallation } from './guide-packages.ts';
import type { Variables } from './guide-shell.ts';
import type { FollowedGuide } from './guides.ts';
import type { Operator } from './operator.ts';

/** What the guides of machine-to-machine applications and of APIs promise. */

/** The tenant's role for programs that call the Management API, which the guides tell the reader to assign. */
const managementRole = 'management-api-access';

export async function assignManagementRole({ appId }: PlaceholderValues, operator: Operator): Promise<Variables> {
  await operator.call('POST', `/api/applications/${appId}/roles`, { roleIds: [managementRole] });
  return {};
}

/** Every command of the guide that is not an installation runs a program, which prints the users of the tenant. */
export function checkPrintedUsers({ guide, printed }: FollowedGuide): void {
  const commands = guide.steps
    .flatMap(({ blocks }) => blocks)
    .flatMap((block) => (block.kind === 'commands' && !block.keepsRunning ? [block.text] : []));
  const programs = commands.map((text, index) => ({ text, output: printed[index] ?? '' }));
  const runs = programs.filter(({ text }) => !isInstallation(text));
  assert.ok(runs.length > 0, 'the guide runs a program');
  for (const { text, output } of runs) assert.ok(output.includes(reader.username), `${text} printed:\n${output}`);
}

/** The permissions that the guides of APIs name. */
const permissions = ['read:orders', 'write:orders'];
const hours = 3_600_000;

/** Lets the clock of the server run behind while the action lasts. */
export type ServerTimeShift = <Result>(milliseconds: number, action: () => Promise<Result>) => Promise<Result>;

/** Calls the API of the guide with and without tokens: RFC 6750 section 3 says what it answers. */
export async function checkApi(app: FollowedGuide, shiftTime: ServerTimeShift): Promise<void> {
  const printed = app.printed.join('\n');
  assert.deepEqual(
    printed.match(/(?<=HTTP\/1.1 )\d+/g),
    ['401', '200', '403'],
    `the guide's calls printed:\n${printed}`,
  );

  const allowed = await tokenOf(app, app.values.apiIndicator);
  const expired = await shiftTime(-2 * hours, () => tokenOf(app, app.values.apiIndicator));
  const altered = allowed.replace(/.{8}$/, 'AAAAAAAA');
  const foreign = await tokenOf(app, `${app.values.apiIndicator}/other`);

  const answer = await call(app, 'GET', allowed);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(JSON.parse(answer.text).caller, app.variables['APP_ID'], 'the handler knows the caller');

  const missing = await call(app, 'GET');
  assert.equal(missing.status, 401);
  assert.match(missing.challenge, /^Bearer \S/);
  assert.doesNotMatch(missing.challenge, /error=/, 'RFC 6750 section 3.1: no error code without a token');

  const refusedTokens = { expired, altered, foreign, forged: withHeader(allowed, { kid: 'no"\nkey' }), opaque: 'x' };
  for (const [kind, token] of Object.entries(refusedTokens)) {
    const refused = await call(app, 'GET', token);
    assert.equal(refused.status, 401, `the ${kind} token`);
    assert.match(refused.challenge, /^Bearer .*error="invalid_token"/, `the ${kind} token`);
  }

  const insufficient = await call(app, 'POST', allowed);
  assert.equal(insufficient.status, 403);
  assert.match(insufficient.challenge, /^Bearer .*error="insufficient_scope"/);
}

/** The token with other members in its header, which the signature does not cover then. */
function withHeader(token: string, members: Record<string, string>): string {
  const [header = '', ...rest] = token.split('.');
  const changed = { ...JSON.parse(Buffer.from(header, 'base64url').toString()), ...members };
  return [Buffer.from(JSON.stringify(changed)).toString('base64url'), ...rest].join('.');
}

async function call({ url }: FollowedGuide, method: string, token?: string) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/orders`, { method, headers });
  const challenge = response.headers.get('www-authenticate') ?? '';
  return { status: response.status, challenge, text: await response.text() };
}

/** Registers the API, another one, and a program whose role has the first permission of both. */
export async function registerApi({ apiIndicator }: PlaceholderValues, operator: Operator): Promise<Variables> {
  const scopeIds: string[] = [];
  for (const indicator of [apiIndicator, `${apiIndicator}/other`]) {
    const api = await operator.call<{ id: string }>('POST', '/api/resources', { name: indicator, indicator });
    for (const name of permissions) {
      const scope = await operator.call<{ id: string }>('POST', `/api/resources/${api.id}/scopes`, { name });
      if (name === permissions[0]) scopeIds.push(scope.id);
    }
  }
  const name = `Reader of ${apiIndicator}`;
  const type = 'MachineToMachine';
  const role = await operator.call<{ id: string }>('POST', '/api/roles', { name, description: name, type, scopeIds });
  const program = await operator.call<{ id: string; secret: string }>('POST', '/api/applications', { name, type });
  await operator.call('POST', `/api/applications/${program.id}/roles`, { roleIds: [role.id] });
  return { APP_ID: program.id, APP_SECRET: program.secret };
}

async function tokenOf({ values, variables }: FollowedGuide, resource: string): Promise<string> {
  const response = await fetch(`${values.endpoint}/oidc/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${variables['APP_ID']}:${variables['APP_SECRET']}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope: permissions.join(' ') }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return token;
}
