/**
 * Sign-in: identifies the user. Two route modules, `pages/` (HTML) and `experience/` (JSON), call the same steps.
 *
 * Owns the machine (`machine/`, pure), the factors (`factors/`, one folder and one definition each), the steps
 * (`steps/`: check, store, log), the limit on attempts (`attempts.ts`, table attempt_limits), and the port
 * that the protocol fills (`port.ts`). Does not own the interaction's row and cookie, sessions and codes (oidc), users,
 * connectors, or how a page looks.
 * A request enters at a route, which calls a step: a factor turns the answer into a fact, `steps/actions.ts` asks the
 * operator's scripts, `machine.step` decides, `steps/run.ts` stores state and effects in one transaction. The route
 * shows the next prompt, or goes on through the port.
 */

import { createFactors } from './factors/index.ts';
import type { SignInNeeds } from './needs.ts';
import { createRules } from './settings.ts';
import { createCaptchaLimit } from './steps/captcha/limit.ts';
import { createSteps, type SignIn } from './steps/index.ts';

export type { SignInNeeds } from './needs.ts';
export type { SignIn } from './steps/index.ts';
export { sweepAttempts } from './store.ts';

export function createSignIn(needs: SignInNeeds): SignIn {
  return createSteps({
    ...needs,
    ...createRules(needs),
    factors: createFactors(needs),
    limitCaptchas: createCaptchaLimit(needs),
  });
}
