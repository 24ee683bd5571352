import { AldabaError } from '../../kernel/errors.ts';
import { step } from './machine.ts';
import type { SignInState } from './state.ts';
import type { Context, Effect, Prompt, SignInEvent } from './vocabulary.ts';

/** The machine's run over a list of events; it halts where an effect has to answer first. */
export interface Progress {
  /** What the machine wished for so far. */
  effects: Effect[];
  prompt: Prompt | undefined;
  /** @throws AldabaError `session.interaction_not_found` before the first event */
  readonly state: SignInState;
  /** Takes events until one asks for a new account; returns those that are left. @throws AldabaError what the machine refuses with */
  take(events: readonly SignInEvent[]): SignInEvent[];
}

export function createProgress(initial: SignInState | undefined, context: Context): Progress {
  let state = initial;
  const effects: Effect[] = [];
  const progress: Progress = {
    effects,
    prompt: undefined,
    get state(): SignInState {
      if (!state) throw new AldabaError('session.interaction_not_found');
      return state;
    },
    take(events) {
      for (const [at, event] of events.entries()) {
        const result = step(state, event, context);
        if ('refused' in result) throw new AldabaError(result.refused, result.data);
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
