import * as contract from '@aldaba/contract';
import type { Implement } from '../../http/index.ts';
import type { SignInExperiences } from './service.ts';

/** `/api/sign-in-exp`. */
export function signInExperienceRoutes(implement: Implement, signInExperiences: SignInExperiences): void {
  implement(contract.getSignInExperience, ({ tenant }) => signInExperiences.get(tenant));
  implement(contract.updateSignInExperience, ({ tenant, body }) => signInExperiences.update(tenant, body));
}
