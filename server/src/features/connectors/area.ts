/** Connectors: providers of identities and messages, and the messages that are sent through them. */

import type { Connector, TokenResponse } from '@aldaba/connectors/kit';
import type { SignInExperience } from '@aldaba/contract';
import type { Implement } from '../../http/index.ts';
import type { Audit } from '../../kernel/audit.ts';
import type { Changes } from '../../kernel/changes.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Vault } from '../../kernel/crypto.ts';
import type { Log } from '../../kernel/log.ts';
import type { Fetch } from '../../kernel/outbound.ts';
import type { Connect } from '../../kernel/outbound-socket.ts';
import type { MessageLimits } from '../../services/message-limits/index.ts';
import type { CacheRegistry, Database, Transaction } from '../../store/index.ts';
import type { Tenancy, Tenant } from '../../tenancy/index.ts';
import { createConnectors } from './connectors/index.ts';
import { connectorRoutes } from './connectors/routes.ts';
import { createEmailTemplates } from './email-templates/index.ts';
import { emailTemplateRoutes } from './email-templates/routes.ts';
import { createInbox } from './inbox/index.ts';
import { inboxRoutes } from './inbox/routes.ts';
import { createSandbox } from './sandbox/index.ts';
import { sandboxSettingRoutes } from './sandbox/routes.ts';
import { createProviderTokens, createTokenSets } from './token-sets/index.ts';
import { tokenSetRoutes } from './token-sets/routes.ts';
import { createVerificationCodes } from './verification-codes/index.ts';
import { verificationCodeRoutes } from './verification-codes/routes.ts';

interface Needs {
  database: Database;
  caches: CacheRegistry;
  changes: Changes<Transaction>;
  clock: Clock;
  log: Log;
  logs: Audit;
  vault: Vault;
  tenancy: Tenancy;
  outbound: Fetch;
  connect: Connect;
  limits: MessageLimits;
  /** Every kind of connector: built-in and from packages. */
  kinds: readonly Connector[];
  /** Absolute path of `docs/`. */
  docsFolder: string;
  signInExperiences: { get: (tenant: Tenant) => Promise<SignInExperience> };
  /** A new access token of an enterprise provider. */
  refreshSso: (tenant: Tenant, connectorId: string, refreshToken: string) => Promise<TokenResponse>;
}

type ConnectorsArea = ReturnType<typeof createConnectorsArea>;

export function createConnectorsArea(needs: Needs) {
  const { clock, log, vault, limits, signInExperiences } = needs;
  const sandbox = createSandbox({ tenancy: needs.tenancy, clock, outbound: needs.outbound });
  const emailTemplates = createEmailTemplates();
  const inbox = createInbox({ tenancy: needs.tenancy, clock, vault, logs: needs.logs });
  const tokenSets = createTokenSets({ vault, clock });
  const connectors = createConnectors({
    database: needs.database,
    caches: needs.caches,
    changes: needs.changes,
    clock,
    log,
    vault,
    limits,
    kinds: needs.kinds,
    docsFolder: needs.docsFolder,
    signInExperiences,
    emailTemplates,
    inbox,
    tokenSets,
    networkFor: sandbox.networkFor,
    connect: needs.connect,
  });
  const verificationCodes = createVerificationCodes({ clock, log, vault, limits, connectors, signInExperiences });
  return {
    sandbox,
    emailTemplates,
    inbox,
    connectors,
    verificationCodes,
    tokenSets,
    providerTokens: createProviderTokens({ connectors, refreshSso: needs.refreshSso, vault, clock }),
    /** Finishes messages that are being sent. */
    close: verificationCodes.close,
  };
}

export function mountConnectorsArea(implement: Implement, area: ConnectorsArea): void {
  sandboxSettingRoutes(implement, area.sandbox);
  emailTemplateRoutes(implement, area.emailTemplates);
  inboxRoutes(implement, area.inbox, area.connectors);
  connectorRoutes(implement, area.connectors);
  tokenSetRoutes(implement, area.tokenSets);
  verificationCodeRoutes(implement, area.verificationCodes);
}
