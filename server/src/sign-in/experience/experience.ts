/** The Experience API: JSON for the operator's own pages. Each call is one step; the hosted pages combine several. */
import * as contract from '@aldaba/contract';
import { Empty } from '../../http/answers.ts';
import type { Caller } from '../../http/guards.ts';
import type { Implement } from '../../http/implement.ts';
import { assertSameOrigin } from '../../http/same-origin.ts';
import type { Request } from '../../http/types.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { requireEmail, requirePhone } from '../../kernel/identifiers.ts';
import { readAnswers } from '../extra-profile/index.ts';
import { refusalOf } from '../machine/machine.ts';
import { hasInteractionCookie } from '../port.ts';
import type { SignIn } from '../steps/index.ts';
import { refuse } from '../steps/run.ts';
import { experienceFactorRoutes } from './experience-factors.ts';
import { describeState } from './state-view.ts';

/** Guard of `access: 'interaction'`: refuses cross-site calls; the user is not known yet. */
export async function guardInteraction(request: Request): Promise<Caller> {
  if (request.method !== 'GET') assertSameOrigin(request, () => hasInteractionCookie(request));
  return {};
}

export function experienceRoutes(implement: Implement, signIn: SignIn): void {
  eventRoutes(implement, signIn);
  verificationRoutes(implement, signIn);
  codeRoutes(implement, signIn);
  socialRoutes(implement, signIn);
  experienceFactorRoutes(implement, signIn);
  accountRoutes(implement, signIn);
}

function eventRoutes(implement: Implement, signIn: SignIn): void {
  implement(contract.startInteraction, async ({ request, body }) => {
    await signIn.start(await signIn.open(request), body.interactionEvent);
  });
  implement(contract.changeInteractionEvent, async ({ request, body }) => {
    await signIn.changeIntent(await signIn.open(request), body.interactionEvent);
  });
  implement(contract.getInteraction, async ({ request }) => describeState(signIn.stateOf(await signIn.open(request))));
}

function verificationRoutes(implement: Implement, signIn: SignIn): void {
  implement(contract.verifyPassword, async ({ request, body }) => {
    const { id: verificationId, expired } = await signIn.verify(await signIn.open(request), 'Password', body);
    // What was verified is stored: the user is identified by it, and chooses another password.
    if (expired) throw new AldabaError('password.expired', { verificationId });
    return { verificationId };
  });
  implement(contract.createNewPasswordIdentity, async ({ request, body }) => {
    const given = { username: body.identifier.value, password: body.password };
    const { id: verificationId } = await signIn.verify(await signIn.open(request), 'NewPasswordIdentity', given);
    return { verificationId };
  });
  implement(contract.verifyOneTimeTokenProof, async ({ request, body: { identifier, token } }) => {
    const interaction = await signIn.open(request);
    const { intent } = signIn.stateOf(interaction);
    const given = { intent, email: identifier.value, token };
    const { id: verificationId } = await signIn.verify(interaction, 'OneTimeToken', given);
    return { verificationId };
  });
}

function codeRoutes(implement: Implement, signIn: SignIn): void {
  implement(contract.createVerificationCodeVerification, async ({ request, body }) => {
    const interaction = await signIn.open(request);
    signIn.stateOf(interaction);
    const { interactionEvent: intent } = body;
    const { type, value } = body.identifier;
    const identifier = { type, value: type === 'email' ? requireEmail(value) : requirePhone(value) };
    const locale = await signIn.languageOf(request, interaction);
    return signIn.sendCode(interaction, { identifier, locale, intent });
  });
  implement(contract.verifyVerificationCodeVerification, async ({ request, body }) => {
    const { id: verificationId } = await signIn.verifyCode(await signIn.open(request), body);
    return { verificationId };
  });
}

function socialRoutes(implement: Implement, signIn: SignIn): void {
  implement(contract.createSocialAuthorizationUri, async ({ request, params, body }) => {
    const given = { ...params, ...body, userAgent: request.headers['user-agent'] };
    return signIn.askSocial(await signIn.open(request), given).catch((error: unknown) => {
      // Wire: an unknown connector is a missing entity here, and an invalid one at the verification.
      throw error instanceof AldabaError && error.code === 'session.invalid_connector_id'
        ? new AldabaError('entity.not_found')
        : error;
    });
  });
  implement(contract.verifySocial, async ({ request, params, body: { verificationId = '', connectorData: data } }) => {
    const given = { verificationId, connectorId: params.connectorId, data };
    const { id } = await signIn.verifySocial(await signIn.open(request), given);
    return { verificationId: id };
  });
}

function accountRoutes(implement: Implement, signIn: SignIn): void {
  implement(contract.identify, async ({ request, body }) => {
    const { state, prompt } = await signIn.identify(await signIn.open(request), body);
    if (state.intent !== 'Register') return new Empty(204);
    // What was verified is stored; the account is created as soon as the missing details are added.
    const refusal = state.userId === undefined ? refusalOf(prompt) : undefined;
    return refusal ? refuse(refusal) : new Empty(201);
  });
  implement(contract.submitInteraction, async ({ request }) => {
    const { redirectTo } = await signIn.submit(await signIn.open(request));
    return { redirectTo };
  });
  implement(contract.updateInteractionProfile, async ({ request, tenant, body }) => {
    const interaction = await signIn.open(request);
    // Wire: a forgotten password is replaced by a route of its own.
    if (signIn.stateOf(interaction).intent === 'ForgotPassword')
      throw new AldabaError('session.not_supported_for_forgot_password');
    const detail =
      body.type === 'extraProfile'
        ? { type: body.type, profile: readAnswers((await signIn.settings(tenant)).profileFields, body.values) }
        : body;
    await signIn.addDetails(interaction, [detail]);
  });
  implement(contract.replaceInteractionPassword, async ({ request, body }) => {
    await signIn.addDetails(await signIn.open(request), [{ type: 'password', value: body.password }]);
  });
}
