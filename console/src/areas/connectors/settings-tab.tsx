import { deleteConnector, updateConnector } from '@aldaba/contract/routes';
import { useNavigate } from '@tanstack/react-router';
import { useChange, useTenant } from '../../api/queries.ts';
import { Changing } from '../../patterns/changing.tsx';
import { DangerZone } from '../../patterns/danger-zone.tsx';
import { SettingsForm } from '../../patterns/form.tsx';
import { baseUrlOf } from '../../settings.ts';
import { ConnectorFields, useConnectorForm } from './connector-form.tsx';
import { type ConfiguredConnector, messageUsesOf, useLocalized, useOffered } from './kinds.ts';
import { OfferSwitch } from './offer-switch.tsx';
import { connectorPhrases } from './phrases.ts';
import { TestSend } from './test-send.tsx';

export function ConnectorSettings({ connector }: { connector: ConfiguredConnector }) {
  const t = connectorPhrases.use();
  const localized = useLocalized();
  const tenant = useTenant();
  const navigate = useNavigate();
  const update = useChange(updateConnector);
  const remove = useChange(deleteConnector, { also: ['/api/sign-in-exp'] });
  const { settings, isOffered } = useOffered();
  const params = { id: connector.id };
  const { type, target, platform } = connector;
  // The kind's own fields are part of what is configured.
  const kind = { ...connector, id: connector.connectorId };
  const form = useConnectorForm(kind, connector, (draft) => update.mutateAsync({ params, body: draft }));
  const name = localized(connector.name);
  const uses = settings && type !== 'Social' ? messageUsesOf(settings, type) : [];
  const consequence =
    type === 'Social'
      ? t(isOffered(target) ? 'delete.offered' : 'delete.notOffered', { name })
      : uses.length > 0
        ? t('delete.used', { uses: uses.map((use) => t(`uses.${use}`)).join(', ') })
        : t('delete.unused');
  const removeAndLeave = async () => {
    await remove.mutateAsync({ params });
    await navigate({ to: '/t/$tenant/connectors', params: { tenant } });
  };
  return (
    <>
      {type === 'Social' && <OfferSwitch target={target} name={name} />}
      <SettingsForm form={form}>
        <ConnectorFields
          form={form}
          redirectUri={
            type === 'Social' && platform !== 'Native' && platform !== 'MiniProgram'
              ? `${baseUrlOf(tenant)}/callback/${connector.id}`
              : undefined
          }
        />
        {type !== 'Social' && (
          <Changing>
            <TestSend form={form} />
          </Changing>
        )}
      </SettingsForm>
      <DangerZone
        title={t('delete.title')}
        detail={consequence}
        actionLabel={t('delete.title')}
        name={name}
        action={removeAndLeave}
      />
    </>
  );
}
