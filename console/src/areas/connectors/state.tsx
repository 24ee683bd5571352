import { StatusBadge } from '../../patterns/status-badge.tsx';
import { itemsOf, missingOf } from './config-form.ts';
import { type ConfiguredConnector, messageUsesOf, useOffered } from './kinds.ts';
import { connectorPhrases } from './phrases.ts';

/** Whether a connector can be used, and whether sign-in uses it. */
export function ConnectorState({ connector }: { connector: ConfiguredConnector }) {
  const t = connectorPhrases.use();
  const { settings, isOffered } = useOffered();
  if (missingOf(itemsOf(connector, ''), connector.config).length > 0)
    return <StatusBadge tone="warning">{t('state.incomplete')}</StatusBadge>;
  if (!settings) return null;
  const { type, target } = connector;
  const isUsed = type === 'Social' ? isOffered(target) : messageUsesOf(settings, type).length > 0;
  return (
    <StatusBadge tone={isUsed ? 'success' : 'neutral'}>{isUsed ? t('state.used') : t('state.unused')}</StatusBadge>
  );
}
