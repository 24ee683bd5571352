import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AldabaError } from '../kernel/errors.ts';
import type { Origin } from '../kernel/origin.ts';
import type { Tenant } from '../tenancy/index.ts';

export type Http = FastifyInstance;
export type Request = FastifyRequest;
export type Reply = FastifyReply;

/** The values of a translated sentence. */
export type TranslatableError = Pick<AldabaError, 'code' | 'data' | 'message'>;

/** Translates errors into the caller's language; implemented by the hosted pages. */
export interface ErrorAnswers {
  /** The sentence of an error in the language of the request's `Accept-Language`. */
  sentence: (request: Request, error: TranslatableError) => { language: string; sentence: string };
  /** Sends a page to a browser; false, without sending anything, if the tenant's branding cannot be read. */
  page: (request: Request, reply: Reply, error: AldabaError) => Promise<boolean>;
}

declare module 'fastify' {
  interface FastifyInstance {
    errorAnswers: ErrorAnswers | undefined;
  }

  interface FastifyRequest {
    /** The request's tenant; set before any handler runs. */
    tenant: Tenant;
    /** The verified sender; set before any handler runs. */
    source: Origin;
  }

  interface FastifyContextConfig {
    /**
     * Access to the route: `Implement` sets `guarded` for the guard of its contract, `anonymous` opens a plain route
     * without authentication.
     */
    access?: 'guarded' | 'anonymous';
    /**
     * `none`: the route serves the process, independent of tenants. `optional`: it may run without a tenant while the
     * database is unavailable.
     */
    tenant?: 'none' | 'optional';
    /** The success status declared by the route's contract, for webhook payloads. */
    successStatus?: number;
  }
}
