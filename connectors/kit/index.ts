/**
 * The connector kit: all that a connector may import.
 *
 * Owns the shape of a connector (metadata, form, configuration guard, methods), its errors, and the one way to call
 * a provider in time and without leaking secrets. Owns no network, clock, database or log: a connector gets those as
 * its `World`. `conformance.ts` holds the tests that every connector has to pass.
 */

export { z } from 'zod';
export * from './connector.ts';
export * from './errors.ts';
export { fieldsOf } from './fields.ts';
export * from './metadata.ts';
export * from './request.ts';
