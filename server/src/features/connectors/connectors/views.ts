import type { Connector } from '@aldaba/connectors/kit';
import type { ConnectorFactory, ConnectorOverlay, ConnectorPlatform, PublicSocialConnector } from '@aldaba/contract';
import { defined } from '../../../kernel/defined.ts';
import type { GuideReader } from './guides.ts';

/** A configured connector with its kind, ready to be shown or used. */
export interface ConnectorRow {
  id: string;
  /** Id of the kind of connector. */
  connectorId: string;
  kind: Connector;
  type: 'Email' | 'Sms' | 'Social';
  target: string;
  platform: ConnectorPlatform | null;
  syncProfile: boolean;
  enableTokenStorage: boolean;
  emailDomains: string[];
  overlay: ConnectorOverlay;
  configSealed: string;
  /** False while required configuration is missing. */
  isUsable: boolean;
}

/** A kind of connector as the Management API returns it. `language` selects the guide. */
export async function toFactory(
  { metadata }: Connector,
  guides: GuideReader,
  language: string,
): Promise<ConnectorFactory> {
  const { guide: _guide, emailAuthority: _authority, formItems, ...fields } = metadata;
  return {
    ...fields,
    ...(formItems.length > 0 ? { formItems: formItems as Record<string, unknown>[] } : {}),
    readme: await guides(metadata, language),
    isDemo: false,
  };
}

/** A configured connector as the Management API returns it: its kind with the operator's overrides. */
export const toConnector = (row: ConnectorRow, factory: ConnectorFactory, config: Record<string, unknown>) => ({
  ...factory,
  ...visible(row.overlay),
  id: row.id,
  connectorId: row.connectorId,
  syncProfile: row.syncProfile,
  enableTokenStorage: row.enableTokenStorage,
  emailDomains: row.emailDomains,
  config,
  metadata: row.overlay,
});

/** A social connector as sign-in pages show it. */
export function toPublic(row: ConnectorRow): PublicSocialConnector {
  const { name, logo, logoDark, isStandard, isTokenStorageSupported } = row.kind.metadata;
  return {
    id: row.id,
    target: row.target,
    platform: row.platform,
    name,
    logo,
    logoDark,
    ...visible(row.overlay),
    isStandard,
    isTokenStorageSupported,
  };
}

/** The overrides of the kind's metadata; an empty dark logo means none. */
function visible({ target, name, logo, logoDark }: ConnectorOverlay) {
  return defined({ target, name, logo, logoDark: logoDark === '' ? null : logoDark });
}
