import type { Request } from '../http/index.ts';
import type { Clock } from '../kernel/clock.ts';
import { hashToken } from '../kernel/crypto.ts';
import { AldabaError } from '../kernel/errors.ts';
import type { Interaction, InteractionPort, SignInResult } from '../sign-in/port.ts';
import type { Transaction } from '../store/index.ts';
import { atomic } from '../store/transaction.ts';
import { requiresSecondFactor } from './acr.ts';
import type { Agreement } from './agreement.ts';
import { loginReason } from './authorize/login-reasons.ts';
import type { AuthorizationRequest } from './authorize/request.ts';
import { handleOf, namedInteraction, newestSecrets, secretOf } from './interaction-cookies.ts';
import { findBrowserSession } from './sessions.ts';
import {
  advanceInteraction,
  findInteraction,
  findWaitingInteraction,
  type InteractionPrompt,
  type InteractionRecord,
} from './store/interactions.ts';

export type { Interaction, InteractionPort } from '../sign-in/port.ts';

interface EndedResult {
  /** What ended the sessions of the user, such as a new password, ended this sign-in too: see `endFinishedSignIns`. */
  ended?: true;
}

/** The result of the prompt; stored as JSON until the authorization resumes. */
export type InteractionResult =
  | (Omit<SignInResult, 'authenticatedAt'> & { kind: 'login'; authenticatedAt: number } & EndedResult)
  | { kind: 'account'; userId: string }
  | { kind: 'consent'; userId: string; agreement: Agreement }
  | { kind: 'refused' };

/** An interaction found by its cookie. */
export interface OpenInteraction {
  handle: string;
  record: InteractionRecord;
  request: AuthorizationRequest;
  result: InteractionResult | undefined;
}

/** The interaction of this browser's request, if it waits for `prompt`. `handle` overrides the request's own. */
export async function findOpenInteraction(
  request: Request,
  options: { clock: Clock; prompt: InteractionPrompt; handle?: string | undefined },
): Promise<OpenInteraction | undefined> {
  const named = namedInteraction(request);
  const handle = options.handle ?? named.handle;
  // The provider's redirect of a social sign-in names no application.
  const applicationId = options.handle === undefined ? named.applicationId : undefined;
  const secrets = handle === undefined ? newestSecrets(request) : [secretOf(request, handle)];
  const uidHashes = secrets.filter((secret) => secret !== undefined).map(hashToken);
  if (uidHashes.length === 0) return undefined;
  const record = await findWaitingInteraction(request.tenant.db, uidHashes, {
    prompt: options.prompt,
    applicationId,
    now: new Date(options.clock.now()),
  });
  return record && openInteraction(record);
}

export const openInteraction = (record: InteractionRecord): OpenInteraction => ({
  handle: handleOf(record.uidHash),
  record,
  request: record.request as AuthorizationRequest,
  result: (record.result ?? undefined) as InteractionResult | undefined,
});

/** Stores the result of the prompt. @throws AldabaError `session.not_found` if the interaction no longer waits */
export async function settleInteraction(
  tx: Transaction,
  interaction: { uidHash: string; revision: number },
  result: InteractionResult,
  clock: Clock,
): Promise<void> {
  const stored = await advanceInteraction(
    tx,
    { uidHash: interaction.uidHash, revision: interaction.revision, now: new Date(clock.now()) },
    { result },
  );
  if (!stored) throw new AldabaError('session.not_found');
}

/** The URL at which an authorization continues after the prompt. */
export const resumeUrl = ({ tenant, handle }: Pick<Interaction, 'tenant' | 'handle'>): string =>
  `${tenant.issuer}/auth/${handle}`;

/**
 * The URL at which the request's interaction continues if it does not wait for the prompt of `page`: another tab, or
 * the same form sent twice, has already completed it. Undefined if it waits, and if this browser has no such
 * interaction.
 */
export async function resumeAddress(
  request: Request,
  { clock, page }: { clock: Clock; page: InteractionPrompt },
): Promise<string | undefined> {
  const { handle } = namedInteraction(request);
  const secret = handle === undefined ? undefined : secretOf(request, handle);
  if (handle === undefined || secret === undefined) return undefined;
  const record = await findInteraction(request.tenant.db, hashToken(secret), new Date(clock.now()));
  if (!record) return undefined;
  const waits = record.prompt === page && record.result === null;
  // Consent needs a signed-in user; without one, the sign-in comes first.
  const canAsk = page === 'login' || (await findBrowserSession(request.tenant.db, request, clock)) !== undefined;
  return waits && canAsk ? undefined : resumeUrl({ tenant: request.tenant, handle });
}

/** The port that sign-in declares, filled by the protocol. */
export function createInteractionPort({ clock }: { clock: Clock }): InteractionPort {
  return {
    async load(request, handle) {
      const open = await findOpenInteraction(request, { clock, prompt: 'login', handle });
      if (!open) return undefined;
      const { record } = open;
      const session = await findBrowserSession(request.tenant.db, request, clock);
      return {
        tenant: request.tenant,
        handle: open.handle,
        uidHash: record.uidHash,
        applicationId: record.applicationId,
        revision: record.revision,
        state: record.state,
        expiresAt: record.expiresAt.getTime(),
        request: open.request,
        isSatisfied: loginReason({ request: open.request, session, now: clock.now() }) === undefined,
        requiresSecondFactor: requiresSecondFactor(open.request.essentialAcr),
        ...(session ? { sessionUserId: session.userId } : {}),
      };
    },
    resumeUrl,
    resumeAddress: (request) => resumeAddress(request, { clock, page: 'login' }),
    async isSignedIn(request) {
      return (await findBrowserSession(request.tenant.db, request, clock)) !== undefined;
    },
    async save(tx, interaction, state) {
      const { uidHash, revision } = interaction;
      if (!(await advanceInteraction(tx, { uidHash, revision, now: new Date(clock.now()) }, { state }))) {
        throw new AldabaError('session.not_found');
      }
      // After a rollback, the stored revision is used for the retry.
      tx.afterCommit(() => {
        interaction.revision += 1;
        interaction.state = state;
      });
    },
    async finish(tx, interaction, { authenticatedAt, ...login }) {
      const result: InteractionResult = { kind: 'login', ...login, authenticatedAt: authenticatedAt.getTime() };
      await settleInteraction(tx, interaction, result, clock);
      return { redirectTo: resumeUrl(interaction) };
    },
    choose: atomic(async (tx, interaction, userId) => {
      await settleInteraction(tx, interaction, { kind: 'account', userId }, clock);
      return { redirectTo: resumeUrl(interaction) };
    }),
  };
}
