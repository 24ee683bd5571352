import { step } from './machine.ts';
import type { SignInState } from './state.ts';
import type { Context, Effect, Prompt, Refusal, SignInEvent } from './vocabulary.ts';

/** The machine's run over a list of events; it stops where an effect has to be executed first. */
export interface Progress {
  /** The effects so far. */
  effects: Effect[];
  prompt: Prompt | undefined;
  /** Refused with `session.interaction_not_found` before the first event. */
  readonly state: SignInState;
  /**
   * Takes events until one asks for a new account; returns the events that are left. Refused as the machine refuses.
   */
  take: (events: readonly SignInEvent[]) => SignInEvent[];
}

/** @param refuse throws the error of a refusal */
export function createProgress(
  initial: SignInState | undefined,
  context: Context,
  refuse: (refusal: Refusal) => never,
): Progress {
  let state = initial;
  const effects: Effect[] = [];
  const progress: Progress = {
    effects,
    prompt: undefined,
    get state(): SignInState {
      return state ?? refuse({ refused: 'session.interaction_not_found' });
    },
    take(events) {
      for (const [at, event] of events.entries()) {
        const result = step(state, event, context);
        if ('refused' in result) return refuse(result);
        state = result.state;
        progress.prompt = result.prompt;
        effects.push(...result.effects);
        if (result.effects.some(({ type }) => type === 'create-user')) return events.slice(at + 1);
      }
      return [];
    },
  };
  return progress;
}
