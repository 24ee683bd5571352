import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/index.ts';
import type { SubjectTokens } from './service.ts';

/** `/api/subject-tokens`. */
export function subjectTokenRoutes(implement: Implement, tokens: SubjectTokens): void {
  implement(contract.createSubjectToken, ({ tenant, body, caller }) =>
    tokens.create(tenant.db, { ...body, creatorId: caller.subject }),
  );
}
