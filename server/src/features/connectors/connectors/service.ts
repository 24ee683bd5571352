import {
  type Connector,
  ConnectorError,
  type ConnectorInstance,
  type ConnectorLog,
  type EmailTemplate,
  instanceOf,
  type Message,
  noSession,
  type SocialUserInfo,
  type World,
} from '@aldaba/connectors/kit';
import type {
  BodyOf,
  ConnectorFactory,
  ConnectorOverlay,
  ConnectorPlatform,
  createConnector,
  OneTap,
  PublicSocialConnector,
  SignInExperience,
} from '@aldaba/contract';
import type { Changes } from '../../../kernel/changes.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { shortId, standardId } from '../../../kernel/ids.ts';
import type { MessageLimits } from '../../../services/message-limits/index.ts';
import type { CacheRegistry, Database, Queries, Transaction } from '../../../store/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { EmailTemplates } from '../email-templates/index.ts';
import { emailDomainsOf } from './email-domains.ts';
import { translateConnectorError, translated } from './failures.ts';
import { createGuideReader } from './guides.ts';
import { oneTapOf } from './one-tap.ts';
import { usableProfile } from './profiles.ts';
import {
  checkConfig,
  requireEmailDomains,
  requireOverlay,
  requireOwnMetadata,
  requirePlace,
  requireTokenStorage,
} from './rules.ts';
import * as store from './store.ts';
import { type ConnectorRow, toConnector, toFactory, toPublic } from './views.ts';

export interface ConnectorsNeeds {
  database: Database;
  caches: CacheRegistry;
  clock: Clock;
  vault: Vault;
  /** Every kind of connector: built-in and from packages. */
  kinds: readonly Connector[];
  /** Absolute path of `docs/`, for the guides of built-in connectors. */
  docsFolder: string;
  signInExperiences: { get: (tenant: Tenant) => Promise<SignInExperience> };
  changes: Changes<Transaction>;
  /** The network for a tenant's connectors: the real one or its sandbox. */
  networkFor: (tenant: Tenant) => Promise<{ fetch: typeof globalThis.fetch; addressOf: (address: string) => string }>;
  /** For mail over SMTP. */
  connect: NonNullable<World['connect']>;
  log: ConnectorLog;
  limits: MessageLimits;
  /** The texts of emails. */
  emailTemplates: Pick<EmailTemplates, 'find'>;
  tokenSets: {
    /** Removes the tokens that were stored for a connector. */
    forget: (tx: Transaction, connectorId: string) => Promise<void>;
  };
  /** Sends on tenants in development that have no connector for it. */
  inbox: {
    isOpen: (tenant: Tenant) => Promise<boolean>;
    keep: (
      tenant: Tenant,
      received: { kind: 'Email' | 'Sms'; message: Message; template: EmailTemplate | undefined },
    ) => Promise<void>;
  };
}

type ConnectorDraft = BodyOf<typeof createConnector>;
type ConnectorPatch = Omit<ConnectorDraft, 'connectorId' | 'id'>;

/**
 * A configured connector bound to its configuration and the tenant's network. Its methods throw the contract's errors.
 */
export interface BoundConnector extends ConnectorInstance {
  id: string;
  type: ConnectorRow['type'];
  target: string;
  platform: ConnectorRow['platform'];
  syncProfile: boolean;
  /** Domains of email addresses that the provider answers for, by its answer about a user. */
  emailDomainsFor: (told: SocialUserInfo) => readonly string[];
}

/** As much of a connector as says what sign-in can use it for. */
type AvailableConnector = Pick<ConnectorRow, 'type' | 'target' | 'isUsable'>;

/** A social connector as pages show it. */
export type SocialConnector = PublicSocialConnector & { platform: ConnectorPlatform };
type ShownConnector = ReturnType<typeof toConnector>;

export interface Connectors {
  /** Every configured connector of a known kind, oldest first; cached. */
  list: (tenant: Tenant) => Promise<readonly ConnectorRow[]>;
  /** Kinds of messages that go to the tenant's inbox, because it is open and no connector is configured for them. */
  inboxKinds: (tenant: Tenant) => Promise<readonly ('Email' | 'Sms')[]>;
  /** What sign-in can use: the configured connectors, and the inbox for each kind of messages that it receives. */
  available: (tenant: Tenant) => Promise<readonly AvailableConnector[]>;
  /** The targets of the social connectors from the database, for a change that refers to them. */
  socialTargets: (q: Queries) => Promise<readonly string[]>;
  /** What sends messages of a type, ready to use; undefined without a fully configured connector and an open inbox. */
  sender: (tenant: Tenant, type: 'Email' | 'Sms') => Promise<BoundConnector | undefined>;
  /**
   * The tenant's fully configured social connectors that sign-in offers, in the order of the buttons.
   * @param targets instead of those of the tenant's settings
   */
  social: (tenant: Tenant, targets?: readonly string[]) => Promise<SocialConnector[]>;
  /** The connector whose One Tap the sign-in page shows; undefined if none is. */
  oneTap: (tenant: Tenant) => Promise<OneTap | undefined>;
  /** A social connector, ready to use; undefined if the id is unknown. */
  instance: (tenant: Tenant, id: string) => Promise<BoundConnector | undefined>;

  /** A kind of connector by its id; undefined if unknown. */
  kind: (id: string) => Connector | undefined;
  factories: (language: string) => Promise<ConnectorFactory[]>;
  /** @throws AldabaError `entity.not_exists_with_id` */
  factory: (id: string, language: string) => Promise<ConnectorFactory>;
  show: (tenant: Tenant, row: ConnectorRow, language: string) => Promise<ShownConnector>;
  /** @throws AldabaError `entity.not_found` */
  get: (tenant: Tenant, id: string) => Promise<ConnectorRow>;
  create: (tenant: Tenant, draft: ConnectorDraft) => Promise<ConnectorRow>;
  update: (tenant: Tenant, id: string, patch: ConnectorPatch) => Promise<ConnectorRow>;
  remove: (tenant: Tenant, id: string) => Promise<void>;
  /** Sends a message with a configuration that is not stored. */
  test: (tenant: Tenant, kindId: string, test: TestMessage) => Promise<void>;
  authorizationUri: (tenant: Tenant, id: string, request: { state: string; redirectUri: string }) => Promise<string>;
}

interface TestMessage {
  email?: string | undefined;
  phone?: string | undefined;
  config: Record<string, unknown>;
  locale?: string | undefined;
}

export function createConnectors(needs: ConnectorsNeeds): Connectors {
  const { database, caches, vault, connect, clock, log } = needs;
  const kinds = new Map(needs.kinds.map((kind) => [kind.metadata.id, kind]));
  const guides = createGuideReader(needs.docsFolder);
  const open = (tenantId: string, row: { id: string; configSealed: string }): Record<string, unknown> =>
    JSON.parse(vault.open(row.configSealed, contextOf(tenantId, row.id)));

  const cache = caches.create<readonly ConnectorRow[]>({
    name: 'connectors',
    maximum: 1000,
    maximumAge: 60_000,
    load: async (tenantId) =>
      (await store.findConnectors(database.tenant(tenantId))).flatMap((stored) => {
        const kind = kinds.get(stored.connectorId);
        // The package was removed: its rows become usable again when it returns.
        return kind ? [toRow(stored, kind, checkConfig(kind, open(tenantId, stored)).success)] : [];
      }),
  });
  const list = async (tenant: Tenant) => (await cache.get(tenant.id, '')) ?? [];
  const find = async (tenant: Tenant, id: string) => (await list(tenant)).find((row) => row.id === id);
  const get = async (tenant: Tenant, id: string) => {
    const row = await find(tenant, id);
    if (!row) throw new AldabaError('entity.not_found');
    return row;
  };
  const offered = async (tenant: Tenant, given?: readonly string[]) => {
    const rows = await list(tenant);
    const targets = given ?? (await needs.signInExperiences.get(tenant)).socialSignInConnectorTargets;
    return targets.flatMap((target) => rows.filter((row) => row.target === target && row.isUsable));
  };
  const inboxKinds: Connectors['inboxKinds'] = async (tenant) => {
    if (!(await needs.inbox.isOpen(tenant))) return [];
    const rows = await list(tenant);
    return (['Email', 'Sms'] as const).filter((kind) => !rows.some(({ type }) => type === kind));
  };
  const bind = async (tenant: Tenant, kind: Connector, config: unknown): Promise<ConnectorInstance> => {
    const findEmailTemplate = await createTemplateFinder(needs, tenant);
    const network = await needs.networkFor(tenant);
    const world = { fetch: network.fetch, connect, now: clock.now, log, findEmailTemplate };
    try {
      const instance = translated(kind.create(config, world));
      const getAuthorizationUri: ConnectorInstance['getAuthorizationUri'] = async (request, call) =>
        network.addressOf(await instance.getAuthorizationUri(request, call));
      return { ...instance, getAuthorizationUri };
    } catch (error) {
      throw translateConnectorError(error);
    }
  };
  const bound = async (tenant: Tenant, row: ConnectorRow): Promise<BoundConnector> => {
    const { id, type, target, platform, syncProfile } = row;
    const emailDomainsFor = (told: SocialUserInfo) => emailDomainsOf(row, told);
    const instance = await bind(tenant, row.kind, open(tenant.id, row));
    const getUserInfo: ConnectorInstance['getUserInfo'] = async (data, call) =>
      usableProfile(await instance.getUserInfo(data, call));
    const getUserInfoByIdToken: ConnectorInstance['getUserInfoByIdToken'] = async (given, call) =>
      usableProfile(await instance.getUserInfoByIdToken(given, call));
    // Tokens that are not stored do not leave the connector.
    const keepsTokens = row.enableTokenStorage && instance.offers('getTokenResponseAndUserInfo');
    const getTokenResponseAndUserInfo: ConnectorInstance['getTokenResponseAndUserInfo'] = async (data, call) => {
      if (!keepsTokens) return { userInfo: await getUserInfo(data, call) };
      const { userInfo, ...tokens } = await instance.getTokenResponseAndUserInfo(data, call);
      return { ...tokens, userInfo: usableProfile(userInfo) };
    };
    return {
      ...instance,
      getUserInfo,
      getUserInfoByIdToken,
      getTokenResponseAndUserInfo,
      id,
      type,
      target,
      platform,
      syncProfile,
      emailDomainsFor,
    };
  };

  return {
    list,
    get,
    inboxKinds,
    available: async (tenant) => {
      const kinds = await inboxKinds(tenant);
      return [...(await list(tenant)), ...kinds.map((type) => ({ type, target: inboxId, isUsable: true }))];
    },
    social: async (tenant, given) => (await offered(tenant, given)).flatMap(toSocial),
    oneTap: async (tenant) =>
      (await offered(tenant)).map((row) => oneTapOf(row, open(tenant.id, row))).find((found) => found !== undefined),
    instance: async (tenant, id) => {
      const row = await find(tenant, id);
      return row?.type === 'Social' ? bound(tenant, row) : undefined;
    },
    sender: async (tenant, type) => {
      const row = (await list(tenant)).find((candidate) => candidate.type === type && candidate.isUsable);
      if (row) return bound(tenant, row);
      return (await inboxKinds(tenant)).includes(type) ? createInboxSender(needs, tenant, type) : undefined;
    },
    kind: (id) => kinds.get(id),
    factories: (language) => Promise.all(needs.kinds.map((kind) => toFactory(kind, guides, language))),
    factory: async (id, language) => {
      const kind = kinds.get(id);
      if (!kind) throw new AldabaError('entity.not_exists_with_id', { name: 'kind of connector', id });
      return toFactory(kind, guides, language);
    },
    show: async (tenant, row, language) =>
      toConnector(row, await toFactory(row.kind, guides, language), open(tenant.id, row)),
    test: async (tenant, kindId, { email, phone, config, locale }) => {
      const kind = kinds.get(kindId);
      if (!kind) throw new AldabaError('connector.not_found');
      const to = kind.metadata.type === 'Email' ? email : phone;
      if (kind.metadata.type === 'Social' || to === undefined) throw new AldabaError('connector.unexpected_type');
      await needs.limits.count(tenant, { type: kind.metadata.type, to });
      const payload = { code: '000000', ...(locale === undefined ? {} : { locale }) };
      await (await bind(tenant, kind, config)).sendMessage({ to: to.replace(/^\+/, ''), type: 'Generic', payload }, {});
    },
    authorizationUri: async (tenant, id, request) => {
      const row = await get(tenant, id);
      if (row.type !== 'Social') throw new AldabaError('connector.unexpected_type');
      const connector = await bound(tenant, row);
      return connector.getAuthorizationUri({ ...request, connectorId: id, jti: standardId() }, { session: noSession });
    },
    ...createChanges(needs, kinds, { get, changed: (tx) => cache.changed(tx, '') }),
  };
}

/** Finds the operator's texts for a use and a language; without one for it, those of the tenant's fallback language. */
async function createTemplateFinder({ signInExperiences, emailTemplates }: ConnectorsNeeds, tenant: Tenant) {
  const { languageInfo } = await signInExperiences.get(tenant);
  return async (type: string, language?: string) => {
    const languages = [...(language ? [language] : []), languageInfo.fallbackLanguage];
    // Members that were not given are absent, not undefined: the row is JSON.
    return (await emailTemplates.find(tenant.db, type, languages)) as EmailTemplate | undefined;
  };
}

/** Stands for the ID and the target of a connector where the inbox sends. */
const inboxId = 'inbox';

function createInboxSender(needs: ConnectorsNeeds, tenant: Tenant, type: 'Email' | 'Sms'): BoundConnector {
  const sendMessage = async (message: Message) => {
    const { locale } = message.payload;
    const find = await createTemplateFinder(needs, tenant);
    const template =
      type === 'Email' ? await find(message.type, typeof locale === 'string' ? locale : undefined) : undefined;
    await needs.inbox.keep(tenant, { kind: type, message, template });
  };
  const instance = translated(instanceOf({ sendMessage }));
  return {
    ...instance,
    id: inboxId,
    type,
    target: inboxId,
    platform: null,
    syncProfile: false,
    emailDomainsFor: () => [],
  };
}

interface ChangeNeeds {
  get: Connectors['get'];
  changed: (tx: Transaction) => Promise<void>;
}

/** Changes are serialized per tenant, because the rules concern all of its connectors. */
function createChanges(needs: ConnectorsNeeds, kinds: ReadonlyMap<string, Connector>, { get, changed }: ChangeNeeds) {
  const { clock, vault, changes } = needs;
  const seal = (tenantId: string, id: string, config: Record<string, unknown>) =>
    vault.seal(JSON.stringify(config), contextOf(tenantId, id));
  const rowsOf = async (q: Queries) =>
    (await store.findConnectors(q)).flatMap((stored) => {
      const kind = kinds.get(stored.connectorId);
      return kind ? [toRow(stored, kind, true)] : [];
    });

  return {
    socialTargets: async (q) => (await rowsOf(q)).flatMap(({ type, target }) => (type === 'Social' ? [target] : [])),
    create: async (tenant, draft) => {
      const kind = kinds.get(draft.connectorId);
      if (!kind) throw new AldabaError('connector.not_found_with_connector_id', { connectorId: draft.connectorId });
      const overlay = draft.metadata ?? {};
      requireOverlay(kind, overlay);
      requireTokenStorage(kind, draft.enableTokenStorage);
      requireEmailDomains(kind, draft.emailDomains);
      if (draft.config) requireConfig(kind, draft.config);
      const id = draft.id ?? shortId();
      await tenant.db.transaction(async (tx) => {
        await store.lockConnectors(tx);
        for (const replaced of requirePlace(kind, overlay, await rowsOf(tx)))
          await store.deleteConnectorRow(tx, replaced.id);
        await store.insertConnector(tx, {
          id,
          connectorId: draft.connectorId,
          syncProfile: draft.syncProfile ?? false,
          enableTokenStorage: draft.enableTokenStorage ?? false,
          emailDomains: draft.emailDomains ?? [],
          configSealed: seal(tenant.id, id, draft.config ?? {}),
          metadata: overlay,
          createdAt: new Date(clock.now()),
        });
        await changed(tx);
      });
      return get(tenant, id);
    },
    update: async (tenant, id, patch) => {
      const { kind, target } = await get(tenant, id);
      if (patch.metadata?.target !== undefined && patch.metadata.target !== target)
        throw new AldabaError('connector.can_not_modify_target');
      if (patch.metadata) requireOwnMetadata(kind, patch.metadata);
      // Replacing the other members keeps the target.
      const metadata = patch.metadata && { ...patch.metadata, ...(kind.metadata.isStandard ? { target } : {}) };
      requireTokenStorage(kind, patch.enableTokenStorage);
      requireEmailDomains(kind, patch.emailDomains);
      if (patch.config) requireConfig(kind, patch.config);
      const configSealed = patch.config && seal(tenant.id, id, patch.config);
      await tenant.db.transaction(async (tx) => {
        const { syncProfile, enableTokenStorage, emailDomains } = patch;
        const written = { configSealed, metadata, syncProfile, enableTokenStorage, emailDomains };
        await store.updateConnectorRow(tx, id, written);
        if (enableTokenStorage === false) await needs.tokenSets.forget(tx, id);
        await changed(tx);
      });
      return get(tenant, id);
    },
    remove: async (tenant, id) => {
      await tenant.db.transaction(async (tx) => {
        await store.lockConnectors(tx);
        const removed = (await rowsOf(tx)).find((row) => row.id === id);
        if ((await store.deleteConnectorRow(tx, id)) === 0) throw new AldabaError('entity.not_found');
        if (removed && !(await rowsOf(tx)).some((row) => row.target === removed.target))
          await changes.announce(tx, 'connector-target.deleted', { target: removed.target });
        await changed(tx);
      });
    },
  } satisfies Partial<Connectors>;
}

const contextOf = (tenantId: string, id: string) => `${tenantId}/connectors/${id}`;

function toRow({ metadata, ...stored }: store.StoredConnector, kind: Connector, isUsable: boolean): ConnectorRow {
  const overlay = metadata as ConnectorOverlay;
  const { type, platform } = kind.metadata;
  return { ...stored, kind, type, platform, target: overlay.target ?? kind.metadata.target, overlay, isUsable };
}

function toSocial(row: ConnectorRow): SocialConnector[] {
  const { platform } = row;
  return platform === null ? [] : [{ ...toPublic(row), platform }];
}

function requireConfig(kind: Connector, config: Record<string, unknown>): void {
  const check = checkConfig(kind, config);
  if (!check.success) throw translateConnectorError(new ConnectorError('invalid_config', { problems: check.problems }));
}
