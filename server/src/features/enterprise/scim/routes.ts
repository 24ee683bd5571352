import * as contract from '@aldaba/contract';
import { type ScimSearch, scimLimits, scimSearchSchema, scimUrn } from '@aldaba/contract/scim';
import { parseJson } from '../../../http/body.ts';
import { toAldabaError } from '../../../http/errors.ts';
import type { Caller, Http, Implement, Reply, Request } from '../../../http/index.ts';
import type { Log } from '../../../kernel/log.ts';
import { requireDirectoryAccess, type ScimTokens } from '../scim-tokens/index.ts';
import type { Values } from './attributes.ts';
import { runBulk } from './bulk.ts';
import { directoryPath } from './directory.ts';
import { listOf, resourceTypes, schemas, serviceProviderConfig } from './discovery.ts';
import { invalid, noResource, ScimError } from './errors.ts';
import { searchAll } from './listing-all.ts';
import type { GroupMapping } from './mapping.ts';
import { readMessage, readPatch } from './messages.ts';
import type { Projection } from './projection.ts';
import type { Answered, Resources, Scim, ScimCall } from './service.ts';

export interface ScimRoutesNeeds {
  scim: Scim;
  tokens: ScimTokens;
  log: Log;
}

const mediaType = 'application/scim+json; charset=utf-8';

/** `/scim/v2`: the directories' side. Every answer, also a refusal, has the protocol's form. */
export function scimRoutes(http: Http, { scim, tokens, log }: ScimRoutesNeeds): void {
  http.register(async (scope) => {
    scope.addContentTypeParser('application/scim+json', { parseAs: 'buffer' }, async (_: unknown, body: Buffer) =>
      parseJson(body),
    );
    // Forms are for browsers.
    scope.removeContentTypeParser('application/x-www-form-urlencoded');
    scope.setErrorHandler((error, request, reply) => {
      const { status, body } = describe(error, request, log);
      if (status === 401) reply.header('www-authenticate', 'Bearer realm="SCIM"');
      reply.code(status).type(mediaType).header('cache-control', 'no-store').send(body);
    });
    // For discovery without a token (RFC 7643 section 5): the same for every directory.
    discoveryRoutes(scope);
    scope.register(async (guarded) => {
      const calls = new WeakMap<Request, ScimCall>();
      // Before the body is read.
      guarded.addHook('onRequest', async (request) => {
        calls.set(request, await authenticate(request, tokens));
      });
      const callOf = (request: Request) => calls.get(request) as ScimCall;
      resourceRoutes(guarded, scim.users, callOf);
      resourceRoutes(guarded, scim.groups, callOf);
      guarded.post(`${directoryPath}/Bulk`, { bodyLimit: scimLimits.bulkPayload }, async (request, reply) => {
        const result = await runBulk(scim, callOf(request), {
          body: request.body,
          describe: (error) => describe(error, request, log),
        });
        return send(reply, result);
      });
      guarded.post(`${directoryPath}/.search`, { bodyLimit: scimLimits.payload }, async (request, reply) =>
        send(reply, await searchAll(scim, callOf(request), searchOf(request.body ?? {}))),
      );
      for (const path of [`${directoryPath}/Bulk`, `${directoryPath}/.search`]) refuseOthers(guarded, path, ['POST']);
      guarded.all(`${directoryPath}/Me`, async () => {
        // RFC 7644 section 3.11: the caller is a directory, not a user.
        throw new ScimError(501, 'A directory is not a user: ask for /Users.');
      });
      guarded.all(`${directoryPath}/*`, async () => {
        throw noResource();
      });
    });
  });
}

async function authenticate(request: Request, tokens: ScimTokens): Promise<ScimCall> {
  const [, value] = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const { db: q } = request.tenant;
  const token = value === undefined ? undefined : await tokens.authenticate(q, value);
  if (!token) throw new ScimError(401, 'The request needs a SCIM token that is active, as a bearer token.');
  const { organizationId, id, name } = token;
  return { q, directory: { organizationId, base: baseOf(request), token: { id, name } } };
}

const baseOf = (request: Request): string => `${request.tenant.baseUrl}${directoryPath}`;

/** 405 for the methods that an address does not have (RFC 9110 section 15.5.6). */
function refuseOthers(scope: Http, url: string, allowed: readonly string[]): void {
  const method = (['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).filter((name) => !allowed.includes(name));
  scope.route({
    method,
    url,
    handler: async (_request, reply) => {
      reply.header('allow', allowed.join(', '));
      throw new ScimError(405, `This address answers ${allowed.join(', ')} only.`);
    },
  });
}

function discoveryRoutes(scope: Http): void {
  type Named = { Params: { id: string } };
  const one = (resources: readonly { id: string }[], id: string) => {
    const found = resources.find((resource) => resource.id.toLowerCase() === id.toLowerCase());
    if (!found) throw noResource();
    return found;
  };
  scope.get(`${directoryPath}/ServiceProviderConfig`, async (request, reply) =>
    send(reply, serviceProviderConfig(baseOf(request as Request))),
  );
  refuseOthers(scope, `${directoryPath}/ServiceProviderConfig`, ['GET']);
  for (const [name, list] of [
    ['ResourceTypes', resourceTypes],
    ['Schemas', schemas],
  ] as const) {
    scope.get(`${directoryPath}/${name}`, async (request, reply) => {
      // RFC 7644 section 4.
      if ((request.query as Values).filter !== undefined) throw new ScimError(403, 'This list cannot be filtered.');
      return send(reply, listOf(list(baseOf(request as Request))));
    });
    scope.get<Named>(`${directoryPath}/${name}/:id`, async (request, reply) =>
      send(reply, one(list(baseOf(request as Request)), request.params.id)),
    );
    for (const path of [`${directoryPath}/${name}`, `${directoryPath}/${name}/:id`]) refuseOthers(scope, path, ['GET']);
  }
}

function resourceRoutes(scope: Http, resources: Resources, callOf: (request: Request) => ScimCall): void {
  type Named = { Params: { id: string } };
  const path = `${directoryPath}${resources.type.endpoint}`;
  const options = { bodyLimit: scimLimits.payload };
  scope.get(path, async (request, reply) =>
    send(reply, await resources.list(callOf(request), searchOf(request.query))),
  );
  scope.post(`${path}/.search`, options, async (request, reply) =>
    send(reply, await resources.list(callOf(request), searchOf(request.body ?? {}))),
  );
  scope.post(path, options, async (request, reply) => {
    const resource = await resources.create(callOf(request), request.body, projectionOf(request));
    return sendResource(reply.code(201).header('location', resource.location), resource);
  });
  scope.get<Named>(`${path}/:id`, async (request, reply) => {
    const resource = await resources.get(
      callOf(request as Request),
      request.params.id,
      projectionOf(request as Request),
    );
    const { version } = resource;
    if (tagsOf(request.headers['if-none-match'])?.some((tag) => tag === '*' || tag === version))
      return reply.code(304).header('etag', version).send();
    return sendResource(reply, resource);
  });
  scope.put<Named>(`${path}/:id`, options, async (request, reply) => {
    const given = { ...targetOf(request as Request, request.params.id), body: request.body };
    return sendResource(
      reply,
      await resources.replace(callOf(request as Request), given, projectionOf(request as Request)),
    );
  });
  scope.patch<Named>(`${path}/:id`, options, async (request, reply) => {
    const given = { ...targetOf(request as Request, request.params.id), operations: readPatch(request.body) };
    return sendResource(
      reply,
      await resources.patch(callOf(request as Request), given, projectionOf(request as Request)),
    );
  });
  scope.delete<Named>(`${path}/:id`, async (request, reply) => {
    await resources.remove(callOf(request as Request), targetOf(request as Request, request.params.id));
    return reply.code(204).send();
  });
  refuseOthers(scope, path, ['GET', 'POST']);
  refuseOthers(scope, `${path}/.search`, ['POST']);
  refuseOthers(scope, `${path}/:id`, ['GET', 'PUT', 'PATCH', 'DELETE']);
}

const targetOf = (request: Request, id: string) => ({ id, ifMatch: tagsOf(request.headers['if-match']) });

/** Entity tags of a header. All are weak here, and compared as such. */
const tagsOf = (header: string | undefined): string[] | undefined =>
  header?.split(',').map((tag) => (tag.trim().startsWith('"') ? `W/${tag.trim()}` : tag.trim()));

const searchOf = (given: unknown): ScimSearch => {
  const search = readMessage(scimSearchSchema, given);
  if (search.attributes && search.excludedattributes)
    throw invalid('invalidSyntax', 'Give either attributes or excludedAttributes.');
  return search;
};

function projectionOf(request: Request): Projection {
  const { attributes, excludedattributes } = searchOf(request.query);
  return { attributes, excludedAttributes: excludedattributes };
}

function send(reply: Reply | object, body: object) {
  return (reply as Reply).type(mediaType).header('cache-control', 'no-store').send(body);
}

function sendResource(reply: unknown, { version, body }: Answered) {
  return send((reply as Reply).header('etag', version), body);
}

/** `/api/scim/groups` and `/api/organizations/:id/scim/groups`. */
export function scimGroupRoutes(implement: Implement, mapping: GroupMapping): void {
  implement(contract.listScimGroups, ({ tenant }) => mapping.list(tenant.db, null));
  implement(contract.mapScimGroup, async ({ tenant, caller, params, body }) => {
    requireDirectoryAccess(caller);
    return mapping.map(tenant.db, { organizationId: null, groupId: params.groupId }, changeOf(body, caller));
  });
  implement(contract.listOrganizationScimGroups, ({ tenant, params }) => mapping.list(tenant.db, params.id));
  implement(contract.mapOrganizationScimGroup, ({ tenant, caller, params, body }) =>
    mapping.map(tenant.db, { organizationId: params.id, groupId: params.groupId }, changeOf(body, caller)),
  );
}

const changeOf = ({ roleId }: { roleId: string | null }, { subject }: Caller) => ({
  roleId,
  by: subject === undefined ? {} : { actorId: subject },
});

/** The body of an error (RFC 7644 section 3.12). */
function describe(error: unknown, request: unknown, log: Log): { status: number; body: object } {
  const failure = error instanceof ScimError ? error : toAldabaError(error, request as Request, log);
  const scimType =
    failure instanceof ScimError ? failure.scimType : failure.status === 400 ? 'invalidSyntax' : undefined;
  return {
    status: failure.status,
    body: {
      schemas: [scimUrn.error],
      status: String(failure.status),
      ...(scimType === undefined ? {} : { scimType }),
      detail: failure.message,
    },
  };
}
