import { getSandboxSetting, simulatedConnectors, updateSandboxSetting } from '@aldaba/contract/routes';
import { Button, SegmentedControl, Switch, Text } from '@mantine/core';
import { IconExternalLink, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { type Refusal, refusalOf } from '../../api/errors.ts';
import { useChange, useItem, useTenant } from '../../api/queries.ts';
import { RefusalAlert } from '../../patterns/form.tsx';
import { useIsReadOnly } from '../../session/administrator.ts';
import { baseUrlOf } from '../../settings.ts';
import { itemsOf, missingOf } from './config-form.ts';
import { type ConfiguredConnector, useLocalized, useOffered } from './kinds.ts';
import { OfferSwitch } from './offer-switch.tsx';
import { connectorPhrases } from './phrases.ts';
import classes from './try-tab.module.css';

/**
 * Tries a sign-in. A native connector is tried on the sandbox's phone, right here; a web sign-in in a tab of its own,
 * because the pages of sign-in refuse to be framed.
 */
export function TryTab({ connector }: { connector: ConfiguredConnector }) {
  const t = connectorPhrases.use();
  const localized = useLocalized();
  const tenant = useTenant();
  const { isOffered } = useOffered();
  const sandbox = useItem(getSandboxSetting).data?.enabled ?? false;
  const name = localized(connector.name);
  const missing = missingOf(itemsOf(connector, t('fields.document')), connector.config);
  const isNative = connector.platform === 'Native';
  const isInWeChat = connector.platform === 'OfficialAccount' || connector.platform === 'MiniProgram';
  const isInBrowser = !isNative && !isInWeChat;
  const realHelp = isInWeChat ? 'try.inWeChat' : 'try.real';
  const isPlayed = simulatedConnectors.includes(connector.connectorId);
  const isReady = isOffered(connector.target) && missing.length === 0 && (sandbox || !isNative);
  return (
    <div className={isNative && isPlayed ? classes.columns : undefined}>
      <div className={classes.steps}>
        {missing.length > 0 && (
          <Text c="var(--danger)" mb="md">
            {t('try.incomplete', { fields: missing.join(', ') })}
          </Text>
        )}
        <OfferSwitch target={connector.target} name={name} />
        {isPlayed && <SandboxSwitch isOn={sandbox} name={name} />}
        {!isPlayed && (
          <Text fz="sm" c="dimmed" mb="md">
            {t(isNative ? 'try.noPhone' : realHelp, { name })}
          </Text>
        )}
        {isInBrowser && !isReady && <Button disabled>{t('try.open')}</Button>}
        {isInBrowser && isReady && (
          <Button
            component="a"
            href={`${baseUrlOf(tenant)}/demo-app`}
            target="_blank"
            rel="noreferrer"
            leftSection={<IconExternalLink size={16} stroke={1.5} />}
          >
            {t('try.open')}
          </Button>
        )}
        {isInBrowser && (
          <Text fz="sm" c="dimmed" mt="sm">
            {t('try.openHelp', { name })}
          </Text>
        )}
      </div>
      {isNative && isPlayed && <Phone isReady={isReady} name={name} />}
    </div>
  );
}

function SandboxSwitch({ isOn, name }: { isOn: boolean; name: string }) {
  const t = connectorPhrases.use();
  const isReadOnly = useIsReadOnly();
  const update = useChange(updateSandboxSetting);
  const [refusal, setRefusal] = useState<Refusal>();
  const change = async (enabled: boolean) => {
    setRefusal(undefined);
    try {
      await update.mutateAsync({ body: { enabled } });
    } catch (error) {
      setRefusal(refusalOf(error, []));
    }
  };
  return (
    <div className={classes.box}>
      <Switch
        label={t('try.sandbox')}
        description={t('try.sandboxHelp', { name })}
        labelPosition="left"
        checked={isOn}
        disabled={update.isPending || isReadOnly}
        onChange={(event) => void change(event.currentTarget.checked)}
        classNames={{ body: classes.body ?? '' }}
      />
      {isOn && <p className={classes.warning}>{t('try.sandboxWarning')}</p>}
      <RefusalAlert refusal={refusal} />
    </div>
  );
}

/** The sandbox's phone in a frame, where the Console has the same origin; elsewhere browsers keep its cookies back. */
function Phone({ isReady, name }: { isReady: boolean; name: string }) {
  const t = connectorPhrases.use();
  const tenant = useTenant();
  const [platform, setPlatform] = useState('android');
  const [round, setRound] = useState(0);
  const sandboxUrl = `${baseUrlOf(tenant)}/sandbox`;
  const canFrame = new URL(sandboxUrl).origin === location.origin;
  return (
    <section className={classes.phone} aria-label={t('try.phone')}>
      <div className={classes.controls}>
        <SegmentedControl
          size="xs"
          aria-label={t('try.platform')}
          value={platform}
          onChange={setPlatform}
          data={[
            { value: 'android', label: 'Android' },
            { value: 'ios', label: 'iPhone' },
          ]}
        />
        {canFrame && (
          <Button
            variant="default"
            size="xs"
            disabled={!isReady}
            leftSection={<IconRefresh size={14} stroke={1.5} />}
            onClick={() => setRound(round + 1)}
          >
            {t('try.restart')}
          </Button>
        )}
      </div>
      {!isReady ? (
        <div className={classes.off}>{t('try.notReady', { name })}</div>
      ) : canFrame ? (
        <iframe
          key={`${platform} ${round}`}
          className={classes.frame}
          src={`${sandboxUrl}?framed=true&platform=${platform}`}
          title={t('try.phone')}
        />
      ) : (
        <div className={classes.off}>
          <Button
            component="a"
            href={`${sandboxUrl}?platform=${platform}`}
            target="_blank"
            rel="noreferrer"
            leftSection={<IconExternalLink size={16} stroke={1.5} />}
          >
            {t('try.openPhone')}
          </Button>
        </div>
      )}
    </section>
  );
}
