import { parseForm } from '../http/body.ts';
import type { Request } from '../http/types.ts';
import { type Parameters, readParameters } from './parameters.ts';

/** The query of the request, strictly decoded. */
export const queryParameters = (request: Request): Parameters => {
  const at = request.url.indexOf('?');
  return readParameters(at < 0 ? {} : parseForm(request.url.slice(at + 1)));
};
