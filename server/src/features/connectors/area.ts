/** Connectors: providers of identities and messages, and the messages that are sent through them. */

import type { Connector } from '@aldaba/connectors/kit';
import type { SignInExperience } from '@aldaba/contract';
import type { Implement } from '../../http/index.ts';
import type { Changes } from '../../kernel/changes.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Vault } from '../../kernel/crypto.ts';
import type { Log } from '../../kernel/log.ts';
import type { Fetch } from '../../kernel/outbound.ts';
import type { MessageLimits } from '../../services/message-limits/index.ts';
import type { CacheRegistry, Database, Transaction } from '../../store/index.ts';
import type { Tenancy, Tenant } from '../../tenancy/index.ts';
import { createConnectors } from './connectors/index.ts';
import { connectorRoutes } from './connectors/routes.ts';
import { createEmailTemplates } from './email-templates/index.ts';
import { emailTemplateRoutes } from './email-templates/routes.ts';
import { createSandbox } from './sandbox/index.ts';
import { sandboxSettingRoutes } from './sandbox/routes.ts';
import { createVerificationCodes } from './verification-codes/index.ts';
import { verificationCodeRoutes } from './verification-codes/routes.ts';

interface Needs {
  database: Database;
  caches: CacheRegistry;
  changes: Changes<Transaction>;
  clock: Clock;
  log: Log;
  vault: Vault;
  tenancy: Tenancy;
  outbound: Fetch;
  limits: MessageLimits;
  /** Every kind of connector: built-in and from packages. */
  kinds: readonly Connector[];
  /** Absolute path of `docs/`. */
  docsFolder: string;
  signInExperiences: { get: (tenant: Tenant) => Promise<SignInExperience> };
}

type ConnectorsArea = ReturnType<typeof createConnectorsArea>;

export function createConnectorsArea(needs: Needs) {
  const { clock, log, vault, limits, signInExperiences } = needs;
  const sandbox = createSandbox({ tenancy: needs.tenancy, clock, outbound: needs.outbound });
  const emailTemplates = createEmailTemplates();
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
    networkFor: sandbox.networkFor,
  });
  const verificationCodes = createVerificationCodes({ clock, log, vault, limits, connectors, signInExperiences });
  return {
    sandbox,
    emailTemplates,
    connectors,
    verificationCodes,
    /** Finishes messages that are being sent. */
    close: verificationCodes.close,
  };
}

export function mountConnectorsArea(implement: Implement, area: ConnectorsArea): void {
  sandboxSettingRoutes(implement, area.sandbox);
  emailTemplateRoutes(implement, area.emailTemplates);
  connectorRoutes(implement, area.connectors);
  verificationCodeRoutes(implement, area.verificationCodes);
}
