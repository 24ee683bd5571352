import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { allRoutes, organizationPermissionOf, permissionOf, type RouteContract } from '@aldaba/contract';
import { z } from 'zod';
import { managerWith } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

type Json = Record<string, unknown>;

// The shapes of OpenAPI 3.1 (section 4.8) that our documents use; strict, so that a misspelt member is found.
const text = z.string().min(1);
const schemaObject = z.record(z.string(), z.unknown());
const media = z.record(z.string().regex(/^[\w*]+\/[\w.*+-]+$/), z.strictObject({ schema: schemaObject }));
const parameter = z.strictObject({
  name: text,
  in: z.enum(['path', 'query', 'header', 'cookie']),
  required: z.boolean(),
  description: text.optional(),
  schema: schemaObject,
});
const response = z.strictObject({
  description: text,
  content: media.optional(),
  headers: z.record(z.string(), z.strictObject({ description: text, schema: schemaObject })).optional(),
});
const operation = z.strictObject({
  operationId: z.string().regex(/^[A-Z][A-Za-z0-9]*$/),
  tags: z.array(text).length(1),
  summary: text,
  description: text.optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(parameter).optional(),
  requestBody: z.strictObject({ required: z.boolean(), content: media }).optional(),
  responses: z.record(z.string().regex(/^[1-5]\d\d$/), response),
});
type Operation = z.output<typeof operation>;
const document = z.strictObject({
  openapi: z.string().regex(/^3\.1\.\d+$/),
  info: z.strictObject({
    title: text,
    version: text,
    description: text.optional(),
    license: z.strictObject({ name: text, identifier: text }),
  }),
  servers: z.array(z.strictObject({ url: z.url(), description: text.optional() })).min(1),
  tags: z.array(z.strictObject({ name: text, description: text.optional() })).optional(),
  paths: z.record(
    z.string().startsWith('/'),
    z.partialRecord(z.enum(['get', 'put', 'post', 'patch', 'delete']), operation),
  ),
  components: z.strictObject({
    securitySchemes: z.record(
      z.string(),
      z.strictObject({
        type: z.literal('http'),
        scheme: z.literal('bearer'),
        bearerFormat: text.optional(),
        description: text,
      }),
    ),
    schemas: z.record(z.string(), schemaObject),
  }),
});
type Document = z.output<typeof document>;

const jsonTypes = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];

/** Calls `visit` with every object in a JSON value, and where it stands. */
function walk(value: unknown, visit: (object: Json, at: string) => void, at = '#'): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) visit(value as Json, at);
  for (const [name, inner] of Object.entries(value)) walk(inner, visit, `${at}/${name}`);
}

const documents = {
  '/api/swagger.json': () => true,
  '/api/.well-known/management.openapi.json': ({ access }: RouteContract) =>
    ['anonymous', 'management', 'organization'].includes(access),
  '/api/.well-known/experience.openapi.json': ({ access }: RouteContract) =>
    ['anonymous', 'interaction'].includes(access),
  '/api/.well-known/user.openapi.json': ({ access }: RouteContract) => ['anonymous', 'account'].includes(access),
};

for (const [address, belongs] of Object.entries(documents)) {
  describe(`OpenAPI document at ${address}`, () => {
    let server: TestServer;
    let parsed: Document;
    let whole: Json;
    const operations = () =>
      Object.entries(parsed.paths).flatMap(([path, item]) =>
        Object.entries(item).map(
          ([method, one]) => [`${method.toUpperCase()} ${path}`, path, one as Operation] as const,
        ),
      );
    const routes = new Map<string, RouteContract>(
      allRoutes
        .filter(belongs)
        .map((route) => [`${route.method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`, route] as const),
    );
    before(async () => {
      server = await startServer();
      const { status, body } = await managerWith(server.url, '').get(address);
      assert.equal(status, 200);
      whole = body;
      const result = document.safeParse(body);
      assert.ok(result.success, result.error && z.prettifyError(result.error));
      parsed = result.data;
    });
    after(() => server.close());

    it('describes exactly the routes of its API', () => {
      assert.deepEqual(
        operations()
          .map(([name]) => name)
          .sort(),
        [...routes.keys()].sort(),
      );
    });

    it('lists operations in the order of the paths, without default limits of the schema library', () => {
      const paths = Object.keys(parsed.paths).map((path) => path.replaceAll(/\{(\w+)\}/g, ':$1'));
      assert.deepEqual(paths, paths.toSorted());
      assert.ok(!JSON.stringify(whole).includes(String(Number.MAX_SAFE_INTEGER)));
    });

    it('gives every operation a unique name', () => {
      const ids = operations().map(([, , { operationId }]) => operationId);
      assert.equal(new Set(ids).size, ids.length, `${ids.filter((id, index) => ids.indexOf(id) !== index)}`);
    });

    it('declares every parameter of a path once, and no other parameter', () => {
      for (const [name, path, { parameters = [] }] of operations()) {
        const inPath = parameters.filter((one) => one.in === 'path');
        const expected = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameterName]) => parameterName);
        assert.deepEqual(inPath.map((one) => one.name).sort(), expected.sort(), name);
        assert.ok(
          inPath.every((one) => one.required),
          `${name}: a parameter of a path is always required`,
        );
        const keys = parameters.map((one) => `${one.in} ${one.name}`);
        assert.equal(new Set(keys).size, keys.length, `${name}: ${keys}`);
      }
    });

    it('contains no two paths that a client cannot distinguish', () => {
      const shapes = Object.keys(parsed.paths).map((path) => path.replaceAll(/\{\w+\}/g, '{}'));
      assert.equal(
        new Set(shapes).size,
        shapes.length,
        `${shapes.filter((shape, at) => shapes.indexOf(shape) !== at)}`,
      );
    });

    it('contains only references that resolve', () => {
      walk(whole, ({ $ref }, at) => {
        if (typeof $ref !== 'string') return;
        assert.match($ref, /^#/, `${at} points outside of the document`);
        const target = $ref
          .slice(2)
          .split('/')
          .filter(Boolean)
          .reduce<unknown>(
            (value, part) => (value as Json | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')],
            whole,
          );
        assert.ok(target !== undefined, `${at} points to ${$ref}, which is not there`);
      });
    });

    it('uses only types and members that JSON Schema has', () => {
      walk(whole, (schema, at) => {
        if (!/schema/i.test(at) || /properties$/.test(at)) return;
        const { type, required, properties } = schema;
        const types = Array.isArray(type) ? type : [type];
        if (typeof type === 'string' || Array.isArray(type))
          assert.ok(
            types.every((one) => jsonTypes.includes(one)),
            `${at} has the type ${type}`,
          );
        if (Array.isArray(required) && properties)
          assert.ok(
            required.every((name) => name in (properties as Json)),
            `${at} requires what it does not have`,
          );
        if ('nullable' in schema && !/properties/.test(at)) assert.fail(`${at}: nullable is of OpenAPI 3.0`);
      });
    });

    it('describes the shape of exactly the bodies that the contract declares', () => {
      for (const [name, , { requestBody, responses }] of operations()) {
        const route = routes.get(name);
        assert.ok(route);
        const isEmpty = (content: Operation['responses'][string]['content']) =>
          !content || Object.values(content).some(({ schema }) => Object.keys(schema).length === 0);
        assert.equal(
          requestBody !== undefined,
          (route.body ?? route.upload ?? route.ndjson?.request) !== undefined,
          `${name}: body`,
        );
        if (requestBody) assert.ok(!isEmpty(requestBody.content), `${name}: the body says nothing`);
        for (const [status, schema] of Object.entries(route.responses)) {
          const described = responses[status];
          assert.ok(described, `${name} does not describe ${status}`);
          if (schema === null) assert.equal(described.content, undefined, `${name}: ${status} is empty`);
          else if (!(schema instanceof z.ZodUnknown))
            assert.ok(!isEmpty(described.content), `${name}: ${status} says nothing`);
        }
      }
    });

    it('declares a success response and the errors of authorization for every operation', () => {
      for (const [name, , { responses, security }] of operations()) {
        const statuses = Object.keys(responses);
        assert.ok(
          statuses.some((status) => /^[23]/.test(status)),
          name,
        );
        const declared = routes.get(name) as RouteContract;
        const ofToken = {
          management: [{ managementToken: [permissionOf(declared)] }],
          account: [{ userToken: [] }],
          me: [{ meToken: [] }],
          organization: [{ organizationToken: [organizationPermissionOf(declared)] }],
          anonymous: undefined,
          interaction: undefined,
        }[declared.access];
        assert.deepEqual(security, ofToken ?? [], name);
        if (ofToken)
          assert.ok(
            ['401', declared.access === 'me' ? '404' : '403'].every((status) => statuses.includes(status)),
            name,
          );
      }
      for (const [, , { security }] of operations())
        for (const scheme of security.flatMap(Object.keys))
          assert.ok(parsed.components.securitySchemes[scheme], scheme);
    });
  });
}
