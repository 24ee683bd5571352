import type { Audit } from '../features/logs/index.ts';
import { type Reply, type Request, readCookie, writeCookie } from '../http/index.ts';
import type { Clock } from '../kernel/clock.ts';
import { hashToken } from '../kernel/crypto.ts';
import { AldabaError } from '../kernel/errors.ts';
import type { Interaction, InteractionPort, SignInResult } from '../sign-in/port.ts';
import type { Queries } from '../store/index.ts';
import type { AuthorizationRequest } from './authorize/request.ts';
import { interactionCookie } from './cookies.ts';
import { findBrowserSession } from './sessions.ts';
import {
  advanceInteraction,
  findInteraction,
  type InteractionPrompt,
  type InteractionRecord,
} from './store/interactions.ts';
import { namedApplication } from './wire-quirks.ts';

export type { Interaction, InteractionPort, SignInResult } from '../sign-in/port.ts';

/** Seconds that a person has for one authorization. */
export const interactionTtl = 3600;
/** Sign-ins of different applications that one browser may have open; the oldest is forgotten first. */
const maximumOpen = 10;

/** What the person's part came to; kept as JSON until the resume reads it. */
export type InteractionResult =
  | (Omit<SignInResult, 'authenticatedAt'> & { kind: 'login'; authenticatedAt: number })
  | { kind: 'consent'; userId: string }
  | { kind: 'refused' };

/** An interaction found through its cookie, with the value that only this browser has. */
export interface OpenInteraction {
  uid: string;
  record: InteractionRecord;
  request: AuthorizationRequest;
  result: InteractionResult | undefined;
}

type CookieMap = Record<string, string>;

function readMap(request: Request): CookieMap {
  const map: CookieMap = Object.create(null);
  const value = readCookie(request, interactionCookie);
  if (!value) return map;
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed !== 'object' || parsed === null) return map;
    for (const [clientId, uid] of Object.entries(parsed).slice(-maximumOpen)) {
      if (typeof uid === 'string' && uid.length <= 64) map[clientId] = uid;
    }
  } catch {
    // A damaged cookie holds no interaction; the next authorization writes it anew.
    return map;
  }
  return map;
}

function writeMap(request: Request, reply: Reply, map: CookieMap): void {
  const entries = Object.entries(map).slice(-maximumOpen);
  const value = entries.length > 0 ? JSON.stringify(Object.fromEntries(entries)) : undefined;
  writeCookie(request, reply, { name: interactionCookie, value, ...(value ? { maxAge: interactionTtl } : {}) });
}

/** Adds an interaction to the browser's open ones, as the newest; a second one of the same application takes its place. */
export function rememberInteraction(request: Request, reply: Reply, clientId: string, uid: string): void {
  const map = readMap(request);
  delete map[clientId];
  map[clientId] = uid;
  writeMap(request, reply, map);
}

export function forgetInteraction(request: Request, reply: Reply, uid: string): void {
  const map = readMap(request);
  writeMap(request, reply, Object.fromEntries(Object.entries(map).filter(([, value]) => value !== uid)));
}

/** Whether this browser began the interaction: the resume address alone, out of a history or a log, is worth nothing. */
export const holdsInteraction = (request: Request, uid: string): boolean =>
  Object.values(readMap(request)).includes(uid);

function pickUid(request: Request, applicationId: string | undefined): string | undefined {
  const map = readMap(request);
  const named = applicationId ?? namedApplication(request);
  // Without a name it is the newest one.
  return named !== undefined ? map[named] : Object.values(map).at(-1);
}

/** The browser's interaction that waits for `prompt`, or undefined. */
export async function findOpenInteraction(
  request: Request,
  options: { clock: Clock; prompt: InteractionPrompt; applicationId?: string | undefined },
): Promise<OpenInteraction | undefined> {
  const uid = pickUid(request, options.applicationId);
  if (uid === undefined) return undefined;
  const record = await findInteraction(request.tenant.db, hashToken(uid), new Date(options.clock.now()));
  if (!record || record.prompt !== options.prompt || record.result !== null) return undefined;
  return openInteraction(uid, record);
}

export const openInteraction = (uid: string, record: InteractionRecord): OpenInteraction => ({
  uid,
  record,
  request: record.request as AuthorizationRequest,
  result: (record.result ?? undefined) as InteractionResult | undefined,
});

/** Stores what the person's part came to. @throws AldabaError `session.not_found` when the interaction no longer waits */
export async function settleInteraction(
  tx: Queries,
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

/** The interaction as sign-in sees it; the cookie's value travels along for the resume address. */
type PortInteraction = Interaction & { uid: string };

const resumeUrl = (interaction: Interaction): string =>
  `${interaction.tenant.issuer}/auth/${(interaction as PortInteraction).uid}`;

/** The door that sign-in declared, filled by the protocol. */
export function createInteractionPort(deps: { clock: Clock; logs: Audit }): InteractionPort {
  const { clock, logs } = deps;
  const noteEnd = (tx: Queries, { uidHash, applicationId }: Interaction, userId?: string) =>
    tx.afterCommit(() => {
      const about = { applicationId, userId, sessionId: uidHash };
      logs.write(tx.tenantId, { key: 'Interaction.End', result: 'Success', ...about });
    });
  return {
    async load(request, applicationId) {
      const open = await findOpenInteraction(request, { clock, prompt: 'login', applicationId });
      if (!open) return undefined;
      const { record } = open;
      const session = await findBrowserSession(request.tenant.db, request, clock);
      const interaction: PortInteraction = {
        tenant: request.tenant,
        uid: open.uid,
        uidHash: record.uidHash,
        applicationId: record.applicationId,
        revision: record.revision,
        state: record.state,
        expiresAt: record.expiresAt.getTime(),
        request: open.request,
        ...(session ? { sessionUserId: session.userId } : {}),
      };
      return interaction;
    },
    async save(tx, interaction, state) {
      const { uidHash, revision } = interaction;
      if (!(await advanceInteraction(tx, { uidHash, revision, now: new Date(clock.now()) }, { state }))) {
        throw new AldabaError('session.not_found');
      }
      interaction.revision += 1;
      interaction.state = state;
    },
    async finish(tx, interaction, { authenticatedAt, ...login }) {
      const result: InteractionResult = { kind: 'login', ...login, authenticatedAt: authenticatedAt.getTime() };
      await settleInteraction(tx, interaction, result, clock);
      noteEnd(tx, interaction, login.userId);
      return { redirectTo: resumeUrl(interaction) };
    },
    async abort(tx, interaction) {
      await settleInteraction(tx, interaction, { kind: 'refused' }, clock);
      noteEnd(tx, interaction);
      return { redirectTo: resumeUrl(interaction) };
    },
  };
}
