import type { Application } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import type { ApplicationType } from './client.ts';
import { corsOriginProblem, redirectUriProblem } from './redirect-uris.ts';

/**
 * Checks an application's registered metadata as a whole: the type decides which addresses are allowed.
 * @throws AldabaError `guard.invalid_input` with each invalid address
 */
export function requireMetadata(application: {
  type: ApplicationType;
  oidcClientMetadata: Application['oidcClientMetadata'];
  customClientMetadata: Application['customClientMetadata'];
}): void {
  const { redirectUris, postLogoutRedirectUris } = application.oidcClientMetadata;
  const problems = [
    ...redirectUris.map((uri) =>
      describe('oidcClientMetadata.redirectUris', uri, redirectUriProblem(uri, application.type)),
    ),
    ...postLogoutRedirectUris.map((uri) =>
      describe('oidcClientMetadata.postLogoutRedirectUris', uri, redirectUriProblem(uri, application.type)),
    ),
    ...(application.customClientMetadata.corsAllowedOrigins ?? []).map((origin) =>
      describe('customClientMetadata.corsAllowedOrigins', origin, corsOriginProblem(origin)),
    ),
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new AldabaError('guard.invalid_input', { reason: problems.join('; ') });
}

const describe = (member: string, value: string, problem: string | undefined): string | undefined =>
  problem && `body.${member}: “${value.slice(0, 200)}” must ${problem}`;
