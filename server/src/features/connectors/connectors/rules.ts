import type { ConfigCheck, Connector } from '@aldaba/connectors/kit';
import type { ConnectorOverlay } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import type { ConnectorRow } from './views.ts';

/** Checks a configuration against the kind of connector; names invalid fields, never values. */
export function checkConfig(kind: Connector, config: Record<string, unknown>): ConfigCheck {
  return kind.checkConfig(config);
}

/**
 * Connectors for a protocol define their own target; the others share their provider's target, because identities are
 * stored under it.
 */
export function requireOverlay(kind: Connector, overlay: ConnectorOverlay): void {
  const { isStandard, target } = kind.metadata;
  if (isStandard && overlay.target === undefined) {
    throw new AldabaError('guard.invalid_input', {
      reason: 'body.metadata.target: this connector needs a target of its own',
    });
  }
  if (!isStandard && overlay.target !== undefined && overlay.target !== target)
    throw new AldabaError('connector.can_not_modify_target');
  requireOwnMetadata(kind, overlay);
}

/** Only a connector for a protocol can represent a provider that the operator names. */
export function requireOwnMetadata(kind: Connector, { target: _, ...overlay }: ConnectorOverlay): void {
  const isOverwritten = Object.values(overlay).some((value) => value !== undefined);
  if (!kind.metadata.isStandard && isOverwritten)
    throw new AldabaError('connector.cannot_overwrite_metadata_for_non_standard_connector');
}

/** Of a connector that gives no tokens, the setting would have no effect. */
export function requireTokenStorage(kind: Connector, enabled: boolean | undefined): void {
  if (enabled && !kind.metadata.isTokenStorageSupported) throw new AldabaError('connector.token_storage_not_supported');
}

/** Only providers of sign-ins answer for addresses. */
export function requireEmailDomains(kind: Connector, domains: readonly string[] = []): void {
  if (kind.metadata.type === 'Social' || domains.length === 0) return;
  throw new AldabaError('guard.invalid_input', { reason: 'body.emailDomains: only social connectors have them' });
}

/**
 * Checks whether another connector of the kind can be added to the tenant's.
 * @returns the connectors that it replaces: a tenant has one connector for email and one for SMS
 * @throws AldabaError `connector.multiple_instances_not_supported`, `connector.multiple_target_with_same_platform`
 */
export function requirePlace(
  kind: Connector,
  overlay: ConnectorOverlay,
  rows: readonly ConnectorRow[],
): readonly ConnectorRow[] {
  const { id, type, platform, isStandard } = kind.metadata;
  if (type !== 'Social') return rows.filter((row) => row.type === type);
  if (!isStandard && rows.some((row) => row.connectorId === id))
    throw new AldabaError('connector.multiple_instances_not_supported');
  const target = overlay.target ?? kind.metadata.target;
  if (rows.some((row) => row.type === 'Social' && row.target === target && row.platform === platform)) {
    throw new AldabaError('connector.multiple_target_with_same_platform');
  }
  return [];
}
