/** What the sign-in writes to the audit log: one entry a step, and one for what failed. Values are masked there. */
import type { AuditEntry } from '../../kernel/audit.ts';
import { traitsOf } from '../machine/factors.ts';
import { type Challenge, type Intent, type Proof, readState, type SignInState } from '../machine/state.ts';
import type { SignInEvent } from '../machine/vocabulary.ts';
import type { SignInNeeds } from '../needs.ts';
import type { Interaction } from '../port.ts';
import type { LoggedStep, Runner } from './context.ts';

type Outcome = Pick<AuditEntry, 'error' | 'userId' | 'more'>;

export function createSignInAudit({ logs, clock }: Pick<SignInNeeds, 'logs' | 'clock'>) {
  const stateOf = ({ state }: Interaction) => readState(state, clock.now());
  const write = (interaction: Interaction, intent: Intent, { key, params }: LoggedStep, outcome: Outcome) => {
    const { tenant, applicationId, uidHash: sessionId } = interaction;
    const result = 'error' in outcome ? 'Error' : 'Success';
    logs.write(tenant.id, {
      applicationId,
      sessionId,
      key: `Interaction.${intent}.${key}`,
      result,
      params,
      ...outcome,
    });
  };
  /** What the sign-in is, before steps are taken. */
  const intentOf = (interaction: Interaction): Intent => stateOf(interaction)?.intent ?? 'SignIn';
  return {
    intentOf,
    /** Notes steps that were taken, from an intent to a state. */
    taken(interaction: Interaction, events: readonly SignInEvent[], { from, to }: { from: Intent; to: SignInState }) {
      // A sign-in may become a registration: each step is logged under the intent that it was part of.
      let intent = from;
      for (const event of events) {
        if ('intent' in event) intent = event.intent;
        const step = stepOf(event, to);
        if (step) write(interaction, intent, step, { userId: to.userId, more: { interaction: outline(to) } });
      }
    },
    /** Notes that the last of these steps failed. */
    refused(interaction: Interaction, events: readonly SignInEvent[], error: unknown) {
      const before = stateOf(interaction);
      const step = events.map((event) => stepOf(event, before)).findLast((found) => found !== undefined);
      const named = events.findLast((event) => 'intent' in event);
      if (step) write(interaction, named?.intent ?? intentOf(interaction), step, { error, userId: before?.userId });
    },
    /** Runs a check that a step depends on; logs its failure. */
    async attempt<T>(interaction: Interaction, step: LoggedStep, work: () => Promise<T>): Promise<T> {
      try {
        return await work();
      } catch (error) {
        write(interaction, intentOf(interaction), step, { error, userId: stateOf(interaction)?.userId });
        throw error;
      }
    },
  };
}

/** The state of a sign-in without user input. */
const outline = ({ intent, userId, proofs }: SignInState) => ({
  interactionEvent: intent,
  userId,
  verificationRecords: proofs.map(({ id, type }) => ({ id, type })),
});

/** Logs every step that a runner takes, and every refusal. */
export const audited =
  (run: Runner, audit: ReturnType<typeof createSignInAudit>): Runner =>
  async (interaction, events, options) => {
    const from = audit.intentOf(interaction);
    try {
      const result = await run(interaction, events, options);
      // What was complete was submitted along with the last step.
      const isSubmitted = result.redirectTo !== undefined && !events.some(({ type }) => type === 'submitted');
      audit.taken(interaction, isSubmitted ? [...events, { type: 'submitted' }] : events, { from, to: result.state });
      return result;
    } catch (error) {
      audit.refused(interaction, events, error);
      throw error;
    }
  };

/** Undefined for steps that follow from another. */
function stepOf(event: SignInEvent, state: SignInState | undefined): LoggedStep | undefined {
  switch (event.type) {
    case 'started':
      return { key: 'Create' };
    case 'intent-changed':
      return { key: 'Update' };
    case 'proved':
      return verification(event.proof, traitsOf(event.proof.type).isGenerated ? 'Create' : 'Submit');
    case 'challenged':
      // A page that offers passkeys asks when it is opened: the user has done nothing yet.
      if (event.challenge.type === 'SignInPasskey' && !event.challenge.identifier) return undefined;
      return verification(event.challenge, 'Create');
    case 'answered':
      // One without a proof follows from a failure that was noted where it happened.
      return event.proof && verification(event.proof, 'Submit');
    case 'identified':
      return { key: 'Identifier.Submit' };
    case 'username-chosen':
    case 'password-chosen':
    case 'social-added':
    case 'address-added':
    case 'profile-added':
    case 'factor-choice':
    case 'device-trusted':
    case 'link-answered':
      return { key: 'Profile.Update', params: { type: event.type } };
    case 'factor-added': {
      const made = state?.proofs.find(({ id }) => id === event.proofId);
      return made && 'factor' in made ? { key: `BindMfa.${made.factor.type}.Submit` } : undefined;
    }
    case 'submitted':
      return { key: 'Submit' };
    default:
      return undefined;
  }
}

const verification = (known: Proof | Challenge, verb: 'Create' | 'Submit'): LoggedStep => ({
  key: `Verification.${traitsOf(known.type).logName}.${verb}`,
  params: paramsOf(known),
});

/** The loggable part of a proof or a challenge: never the secret. */
function paramsOf(known: Proof | Challenge): Record<string, unknown> {
  if ('identity' in known) return { connectorId: known.connectorId, target: known.target, identity: known.identity.id };
  if ('connectorId' in known) return { connectorId: known.connectorId };
  return 'identifier' in known ? { identifier: known.identifier } : {};
}
