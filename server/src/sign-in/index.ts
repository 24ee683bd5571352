/**
 * Sign-in: who the person is. Two thin doors (`pages.ts` for HTML, `experience.ts` for JSON; both mount those of codes, second
 * factors and links, whose files begin or end with the same words) stand in front of one service.
 *
 * Owns: the machine (`machine.ts`, pure: its words are in `vocabulary.ts`, its parts in `identification.ts`, `details.ts` and
 * `second-factor.ts`), to whom a code goes (`codes.ts`), the factors that check what people show (`factors/`), the limit on attempts
 * (`attempts.ts` and the table attempt_limits), and the port that the protocol fills (`port.ts`). Does not own: the
 * interaction's row and cookie, sessions and codes (oidc), users, connectors, or how a page looks.
 * A request enters at a door, a factor turns it into a fact, `actions.ts` asks the operator's scripts where there are any,
 * `machine.step` decides, `run.ts` stores state and effects in one transaction, and the door shows the prompt or goes on
 * through the port.
 */

import { createFactors } from './factors/index.ts';
import type { SignInNeeds } from './needs.ts';
import { composeSignIn, type SignIn } from './service.ts';

export type { SignInNeeds } from './needs.ts';
export type { Interaction, InteractionPort, InteractionRequest, SignInResult } from './port.ts';
export type { SignIn } from './service.ts';
export { sweepAttempts } from './store.ts';

export const createSignIn = (needs: SignInNeeds): SignIn => composeSignIn(needs, createFactors(needs));
