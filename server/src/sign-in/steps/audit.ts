/** What the sign-in writes to the audit log: one entry a step, and one for what failed. Values are masked there. */
import type { AuditKey, SignInStepKey } from '@aldaba/contract';
import type { AuditEntry } from '../../kernel/audit.ts';
import { traitsOf } from '../machine/factors.ts';
import { type Challenge, type Intent, type Proof, readState, type SignInState } from '../machine/state.ts';
import type { SignInEvent } from '../machine/vocabulary.ts';
import type { SignInNeeds } from '../needs.ts';
import type { Interaction } from '../port.ts';
import type { Runner } from './run.ts';

export interface SignInAudit {
  /** What the sign-in is, before steps are taken. */
  intentOf: (interaction: Interaction) => Intent;
  /** Notes steps that were taken, from an intent to a state. */
  taken: (interaction: Interaction, events: readonly SignInEvent[], way: { from: Intent; to: SignInState }) => void;
  /** Notes that the last of these steps failed. */
  refused: (interaction: Interaction, events: readonly SignInEvent[], error: unknown) => void;
  /** Runs a check that a step depends on; logs its failure. */
  attempt: <T>(interaction: Interaction, what: Attempt, work: () => Promise<T>) => Promise<T>;
}

interface Attempt {
  key: SignInStepKey;
  params?: Record<string, unknown>;
}

export function createSignInAudit({ logs, clock }: Pick<SignInNeeds, 'logs' | 'clock'>): SignInAudit {
  const write = (interaction: Interaction, entry: AuditEntry) => {
    const { applicationId, uidHash: sessionId } = interaction;
    logs.write(interaction.tenant.id, { applicationId, sessionId, ...entry });
  };
  const intentOf = (interaction: Interaction, events: readonly SignInEvent[] = []): Intent => {
    const named = events.findLast((event) => event.type === 'started' || event.type === 'intent-changed');
    if (named && 'intent' in named) return named.intent;
    return readState(interaction.state, clock.now())?.intent ?? 'SignIn';
  };
  return {
    intentOf,
    taken(interaction, events, { from, to: state }) {
      // A sign-in may become a registration: each step is logged under the intent that it was part of.
      let intent = from;
      for (const event of events) {
        if ('intent' in event) intent = event.intent;
        const step = stepOf(event, state);
        if (!step) continue;
        write(interaction, {
          key: `Interaction.${intent}.${step.key}`,
          result: 'Success',
          userId: state.userId,
          params: step.params,
          more: { interaction: outline(state) },
        });
      }
    },
    refused(interaction, events, error) {
      const before = readState(interaction.state, clock.now());
      const step = events.map((event) => stepOf(event, before)).findLast((found) => found !== undefined);
      if (!step) return;
      const key: AuditKey = `Interaction.${intentOf(interaction, events)}.${step.key}`;
      write(interaction, { key, result: 'Error', error, userId: before?.userId, params: step.params });
    },
    async attempt(interaction, { key, params }, work) {
      try {
        return await work();
      } catch (error) {
        const userId = readState(interaction.state, clock.now())?.userId;
        write(interaction, {
          key: `Interaction.${intentOf(interaction)}.${key}`,
          result: 'Error',
          error,
          userId,
          params,
        });
        throw error;
      }
    },
  };
}

/** The state of a sign-in without user input. */
const outline = ({ intent, userId, proofs }: SignInState) => ({
  interactionEvent: intent,
  ...(userId === undefined ? {} : { userId }),
  verificationRecords: proofs.map(({ id, type }) => ({ id, type })),
});

/** Logs every step that a runner takes, and every refusal. */
export const audited =
  (run: Runner, audit: SignInAudit): Runner =>
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

/** The key of a step, after the intent, and its loggable data. Steps that follow from another have none. */
function stepOf(event: SignInEvent, state: SignInState | undefined): Attempt | undefined {
  switch (event.type) {
    case 'started':
      return { key: 'Create' };
    case 'intent-changed':
      return { key: 'Update' };
    case 'proved': {
      const { logName, isGenerated } = traitsOf(event.proof.type);
      return { key: `Verification.${logName}.${isGenerated ? 'Create' : 'Submit'}`, params: paramsOf(event.proof) };
    }
    case 'challenged':
      return {
        key: `Verification.${traitsOf(event.challenge.type).logName}.Create`,
        params: paramsOf(event.challenge),
      };
    case 'answered':
      // One without a proof follows from a failure that was noted where it happened.
      return (
        event.proof && {
          key: `Verification.${traitsOf(event.proof.type).logName}.Submit`,
          params: paramsOf(event.proof),
        }
      );
    case 'identified':
      return { key: 'Identifier.Submit' };
    case 'username-chosen':
    case 'password-chosen':
    case 'social-added':
    case 'address-added':
    case 'profile-added':
    case 'factor-choice':
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

/** The loggable part of a proof or a challenge: never the secret. */
function paramsOf(known: Proof | Challenge): Record<string, unknown> {
  if ('identity' in known) return { connectorId: known.connectorId, target: known.target, identity: known.identity.id };
  if ('connectorId' in known) return { connectorId: known.connectorId };
  return 'identifier' in known ? { identifier: known.identifier } : {};
}
