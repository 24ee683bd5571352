import {
  type Access,
  allRoutes,
  type ErrorCode,
  errorCatalog,
  organizationPermissionOf,
  permissionOf,
  type RouteContract,
} from '@aldaba/contract';
import { z } from 'zod';
import { shareShapes } from './openapi-shapes.ts';

/** The parts of the contract in a document: everything, or one API. */
export type OpenapiScope = 'all' | 'management' | 'experience' | 'user';

type Json = Record<string, unknown>;

const scopes: Readonly<Record<OpenapiScope, (access: Access) => boolean>> = {
  all: () => true,
  management: (access) => access === 'anonymous' || access === 'management' || access === 'organization',
  experience: (access) => access === 'anonymous' || access === 'interaction',
  user: (access) => access === 'anonymous' || access === 'account',
};

const titles: Readonly<Record<OpenapiScope, string>> = {
  all: 'Aldaba',
  management: 'Aldaba Management API',
  experience: 'Aldaba Experience API',
  user: 'Aldaba Account API',
};

/** Error codes of an access's guard. */
const guardErrors: Readonly<Record<Access, readonly ErrorCode[]>> = {
  anonymous: [],
  interaction: ['session.not_found'],
  account: [
    'auth.authorization_header_missing',
    'auth.authorization_token_type_not_supported',
    'auth.unauthorized',
    'auth.forbidden',
    'auth.third_party_application_forbidden',
  ],
  me: [
    'auth.authorization_header_missing',
    'auth.authorization_token_type_not_supported',
    'auth.unauthorized',
    'request.not_found',
  ],
  organization: [
    'auth.authorization_header_missing',
    'auth.authorization_token_type_not_supported',
    'auth.unauthorized',
    'auth.forbidden',
    'auth.third_party_application_forbidden',
  ],
  management: [
    'auth.authorization_header_missing',
    'auth.authorization_token_type_not_supported',
    'auth.unauthorized',
    'auth.forbidden',
  ],
};

/**
 * The OpenAPI 3.1 document of the routes in the contract, without `servers`, which differ per tenant. Takes
 * milliseconds, so cache it.
 */
export function createOpenapi(scope: OpenapiScope, routes: readonly RouteContract[] = allRoutes): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes.filter(({ access }) => scopes[scope](access)).toSorted(inReadingOrder)) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: toOperation(route) };
  }
  const shared = shareShapes(paths);
  return {
    openapi: '3.1.0',
    info: { title: titles[scope], version: '1.0.0', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths: shared.value,
    components: {
      securitySchemes: {
        userToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'An opaque access token with the scope `openid` that the user granted to an application.',
        },
        meToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token that the Console got for `https://admin.logto.app/me`.',
        },
        organizationToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An organization token of a member, with the scope that the operation names.',
        },
        managementToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token for the Management API with the scope that the operation names, or `all`.',
        },
      },
      schemas: {
        ...shared.shapes,
        Error: {
          type: 'object',
          required: ['code', 'message'],
          properties: { code: { type: 'string' }, message: { type: 'string' }, data: {}, details: { type: 'string' } },
        },
      },
    },
  };
}

const methods: readonly RouteContract['method'][] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** By path, so that related routes are adjacent; reads before writes. */
const inReadingOrder = (a: RouteContract, b: RouteContract): number =>
  a.path === b.path ? methods.indexOf(a.method) - methods.indexOf(b.method) : a.path < b.path ? -1 : 1;

function toOperation(route: RouteContract): Json {
  const parameters = [
    ...toParameters(route.params, 'path'),
    ...toParameters(route.query, 'query'),
    ...(route.pagination ? pageParameters : []),
  ];
  const content = route.upload
    ? { 'multipart/form-data': { schema: uploadSchema } }
    : route.ndjson?.request
      ? { 'application/x-ndjson': { schema: toSchema(route.ndjson.request, 'input') } }
      : route.body && { 'application/json': { schema: toSchema(route.body, 'input') } };
  const body = content && { required: true, content };
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    security: securityOf(route),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: body } : {}),
    responses: { ...toResponses(route), ...toErrorResponses(route) },
  };
}

function securityOf(route: RouteContract): Json[] {
  if (route.access === 'management') return [{ managementToken: [permissionOf(route)] }];
  if (route.access === 'organization') return [{ organizationToken: [organizationPermissionOf(route)] }];
  if (route.access === 'me') return [{ meToken: [] }];
  return route.access === 'account' ? [{ userToken: [] }] : [];
}

const uploadSchema: Json = {
  type: 'object',
  required: ['file'],
  properties: { file: { type: 'string', format: 'binary' } },
};

const pageParameters: readonly Json[] = [
  { name: 'page', in: 'query', required: false, schema: { type: 'integer', minimum: 1, default: 1 } },
  {
    name: 'page_size',
    in: 'query',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
  },
];

function toParameters(schema: z.ZodType | undefined, place: 'path' | 'query'): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = toSchema(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

function toResponses(route: RouteContract): Json {
  return Object.fromEntries(
    Object.entries(route.responses).map(([status, schema]) => [
      status,
      {
        description: schema ? 'Done.' : 'Done; the answer has no body.',
        ...(schema
          ? {
              content: {
                [route.ndjson ? 'application/x-ndjson' : 'application/json']: { schema: toSchema(schema, 'output') },
              },
            }
          : {}),
        ...(route.pagination ? { headers: pageHeaders } : {}),
      },
    ]),
  );
}

const pageHeaders: Json = {
  'Total-Number': { description: 'Number of items in all pages.', schema: { type: 'integer' } },
  Link: { description: 'Addresses of the first, previous, next and last page.', schema: { type: 'string' } },
};

/** A route's error codes by status, so that a client knows what to expect. */
function toErrorResponses(route: RouteContract): Json {
  const codes = new Set<ErrorCode>([
    ...(route.params || route.query || route.body ? (['guard.invalid_input'] as const) : []),
    ...(route.pagination ? (['guard.invalid_pagination'] as const) : []),
    ...guardErrors[route.access],
    ...(route.errors ?? []),
  ]);
  const byStatus = Map.groupBy(codes, (code) => route.statuses?.[code] ?? errorCatalog[code][0]);
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      status,
      {
        description: group.map((code) => `\`${code}\`: ${errorCatalog[code][1]}`).join('\n\n'),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    ]),
  );
}

function toSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    // JavaScript's integer range is not a limit of the API, and would be shown as the example value.
    override: ({ jsonSchema }) => {
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
    target: 'draft-2020-12',
  });
  return json;
}
