import * as contract from '@aldaba/contract';
import { Answer, type Implement } from '../../../http/implement.ts';
import type { ApplicationExperiences } from './service.ts';

/** `/api/applications/:applicationId/sign-in-experience`. */
export function applicationExperienceRoutes(implement: Implement, experiences: ApplicationExperiences): void {
  implement(contract.getApplicationSignInExperience, ({ tenant, params }) =>
    experiences.get(tenant.db, params.applicationId),
  );
  implement(contract.replaceApplicationSignInExperience, async ({ tenant, params, body }) => {
    const { experience, isNew } = await experiences.set(tenant.db, params.applicationId, body);
    return new Answer(isNew ? 201 : 200, experience);
  });
}
