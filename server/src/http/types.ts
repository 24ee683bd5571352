import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AldabaError } from '../kernel/errors.ts';
import type { Origin } from '../kernel/origin.ts';
import type { Tenant } from '../tenancy/index.ts';

export type Http = FastifyInstance;
export type Request = FastifyRequest;
export type Reply = FastifyReply;

/** What a translated sentence is made of. */
export type TranslatableError = Pick<AldabaError, 'code' | 'data' | 'message'>;

/** Words for errors in the caller's language; the part of the server that knows them hands them over. */
export interface ErrorAnswers {
  /** The sentence of an error in the language that the request's `Accept-Language` asks for. */
  sentence(request: Request, error: TranslatableError): { language: string; sentence: string };
  /** Answers a browser with a page; false, with nothing sent, if the tenant's look cannot be read. */
  page(request: Request, reply: Reply, error: AldabaError): Promise<boolean>;
}

declare module 'fastify' {
  interface FastifyInstance {
    errorAnswers: ErrorAnswers | undefined;
  }

  interface FastifyRequest {
    /** The tenant that the address named; set before any handler runs. */
    tenant: Tenant;
    /** Who sent it, as far as that can be believed; set before any handler runs. */
    source: Origin;
  }

  interface FastifyContextConfig {
    /** Who lets a request in: `guarded` is set by `Implement` for the guard of its contract, `anonymous` opens a plain route to everybody. */
    access?: 'guarded' | 'anonymous';
    /** `none`: the route answers for the process, whatever tenant is named. `optional`: it may run without while the database is away. */
    tenant?: 'none' | 'optional';
    /** The status of a success, where the route's contract declares one: webhook payloads name it. */
    successStatus?: number;
  }
}
