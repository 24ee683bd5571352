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
  const uri = (entry: string) => redirectUriProblem(entry, application.type);
  const issues = [
    ...issuesOf('oidcClientMetadata.redirectUris', redirectUris, uri),
    ...issuesOf('oidcClientMetadata.postLogoutRedirectUris', postLogoutRedirectUris, uri),
    ...issuesOf(
      'customClientMetadata.corsAllowedOrigins',
      application.customClientMetadata.corsAllowedOrigins ?? [],
      corsOriginProblem,
    ),
  ];
  if (issues.length === 0) return;
  const reason = issues.map(({ path, message }) => `body.${path.slice(0, 2).join('.')}: ${message}`).join('; ');
  throw new AldabaError('guard.invalid_input', { reason, issues });
}

/** What is wrong with the entries of a list, each with its place. */
function issuesOf(
  member: string,
  entries: readonly string[],
  problemOf: (entry: string) => string | undefined,
): { path: string[]; message: string }[] {
  return entries.flatMap((entry, place) => {
    const problem = problemOf(entry);
    if (problem === undefined) return [];
    return [{ path: [...member.split('.'), String(place)], message: `“${entry.slice(0, 200)}” must ${problem}` }];
  });
}
