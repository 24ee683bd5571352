import type { EmailTemplate, Message } from '@aldaba/connectors/kit';
import type { InboxMessage, ListedInboxMessage } from '@aldaba/contract';
import type { Audit } from '../../../kernel/audit.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import { adminTenantId } from '../../../tenancy/address.ts';
import type { Tenancy, Tenant } from '../../../tenancy/index.ts';
import { composeMessage } from './message.ts';
import * as store from './store.ts';

export interface InboxNeeds {
  tenancy: Pick<Tenancy, 'setting' | 'saveSetting'>;
  clock: Clock;
  vault: Vault;
  logs: Audit;
}

/** The administrator or application that acts; absent for the command line. */
interface Actor {
  subject?: string | undefined;
}

export interface Inbox {
  /**
   * Whether the tenant can have an inbox. Without TLS it is in development. The admin tenant never has one: an
   * administrator could sign in as another with the codes.
   */
  isAvailable: (tenant: Tenant) => boolean;
  /** Whether it is available and not switched off. */
  isOpen: (tenant: Tenant) => Promise<boolean>;
  /**
   * Switching it off deletes the messages.
   * @throws AldabaError `request.feature_not_supported` where no inbox is available
   */
  setOpen: (tenant: Tenant, isOpen: boolean, actor: Actor) => Promise<void>;
  /**
   * Stores a message.
   * @throws ConnectorError `template_not_found`
   */
  keep: (
    tenant: Tenant,
    received: { kind: 'Email' | 'Sms'; message: Message; template: EmailTemplate | undefined },
  ) => Promise<void>;
  /** Newest first. */
  list: (tenant: Tenant) => Promise<ListedInboxMessage[]>;
  /** @throws AldabaError `entity.not_exists_with_id` */
  get: (tenant: Tenant, id: string) => Promise<InboxMessage>;
  empty: (tenant: Tenant, actor: Actor) => Promise<void>;
}

const settingKey = 'inbox';
const maximumMessages = 100;

type Summary = Pick<InboxMessage, 'subject' | 'code' | 'link'>;
type Content = Pick<InboxMessage, 'content' | 'contentType'>;

export function createInbox({ tenancy, clock, vault, logs }: InboxNeeds): Inbox {
  const oldest = () => new Date(clock.now() - store.maximumAge);
  const isAvailable = ({ id, baseUrl }: Tenant) => id !== adminTenantId && baseUrl.startsWith('http:');
  const summaryOf = (tenant: Tenant, { id, kind, to, type, ...rest }: store.StoredMessage): ListedInboxMessage => {
    const summary: Summary = JSON.parse(vault.open(rest.summarySealed, contextOf(tenant, id)));
    return { id, kind, to, type, ...summary, createdAt: rest.createdAt.getTime() };
  };
  return {
    isAvailable,
    isOpen: async (tenant) => {
      if (!isAvailable(tenant)) return false;
      const setting = await tenancy.setting(tenant, settingKey);
      return !(typeof setting === 'object' && setting !== null && 'enabled' in setting && setting.enabled === false);
    },
    setOpen: async (tenant, isOpen, { subject }) => {
      if (isOpen && !isAvailable(tenant))
        throw new AldabaError('request.feature_not_supported', { setting: 'enabled' });
      await tenancy.saveSetting(tenant.db, settingKey, { enabled: isOpen });
      if (!isOpen) await store.deleteMessages(tenant.db);
      logs.write(tenant.id, { key: 'Inbox.Change', result: 'Success', params: { enabled: isOpen, actorId: subject } });
    },
    keep: async (tenant, { kind, message, template }) => {
      const { content, contentType, ...summary } = composeMessage(kind, message, template);
      const id = standardId();
      const seal = (value: Summary | Content) => vault.seal(JSON.stringify(value), contextOf(tenant, id));
      await store.insertMessage(tenant.db, {
        ...{ id, kind, to: message.to, type: message.type },
        summarySealed: seal(summary),
        contentSealed: seal({ content, contentType }),
        createdAt: new Date(clock.now()),
      });
      await store.trimMessages(tenant.db, maximumMessages);
    },
    list: async (tenant) => {
      const found = await store.findMessages(tenant.db, oldest(), maximumMessages);
      return found.map((message) => summaryOf(tenant, message));
    },
    get: async (tenant, id) => {
      const found = await store.findMessage(tenant.db, id, oldest());
      if (!found) throw new AldabaError('entity.not_exists_with_id', { name: 'message', id });
      const content: Content = JSON.parse(vault.open(found.contentSealed, contextOf(tenant, id)));
      return { ...summaryOf(tenant, found), ...content };
    },
    empty: async (tenant, { subject }) => {
      const messages = await store.deleteMessages(tenant.db);
      logs.write(tenant.id, { key: 'Inbox.Empty', result: 'Success', params: { messages, actorId: subject } });
    },
  };
}

const contextOf = (tenant: Tenant, id: string): string => `${tenant.id}/inbox/${id}`;
