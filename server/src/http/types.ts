import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Origin } from '../kernel/origin.ts';
import type { Tenant } from '../tenancy/index.ts';

export type Http = FastifyInstance;
export type Request = FastifyRequest;
export type Reply = FastifyReply;

declare module 'fastify' {
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
  }
}
