import { listConnectorFactories, listConnectors } from '@aldaba/contract/routes';
import { Button, Radio, Skeleton, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useItem, useTenant } from '../../api/queries.ts';
import { Dialog, DialogActions } from '../../patterns/dialog.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { type ConnectorType, isNamed, type Kind, providersOf, useLocalized } from './kinds.ts';
import { Logo } from './logo.tsx';
import { connectorPhrases } from './phrases.ts';
import classes from './picker.module.css';

interface KindPickerProps {
  /** Undefined while the dialog is closed. */
  type: ConnectorType | undefined;
  onClose: () => void;
}

/** Asks for the provider and, where it has several, for the platform; leads to the page that adds the connector. */
export function KindPicker({ type, onClose }: KindPickerProps) {
  const t = connectorPhrases.use();
  return (
    <Dialog isOpen={type !== undefined} onClose={onClose} title={type ? t(`add.${type}`) : ''} size={640}>
      {type && <Choice type={type} onClose={onClose} />}
    </Dialog>
  );
}

function Choice({ type, onClose }: { type: ConnectorType; onClose: () => void }) {
  const t = connectorPhrases.use();
  const words = patternPhrases.use();
  const tenant = useTenant();
  const navigate = useNavigate();
  const kinds = useItem(listConnectorFactories).data?.filter((kind) => kind.type === type);
  const added = useItem(listConnectors).data ?? [];
  const [chosen, setChosen] = useState<Kind[]>();
  const [kindId, setKindId] = useState<string>();
  const isAdded = (kind: Kind) =>
    type === 'Social' && !kind.isStandard && added.some(({ connectorId }) => connectorId === kind.id);
  const choose = (provider: Kind[]) => {
    setChosen(provider);
    setKindId(provider.find((kind) => !isAdded(kind))?.id);
  };
  const next = (event: FormEvent) => {
    event.preventDefault();
    if (!kindId) return;
    void navigate({ to: '/t/$tenant/connectors/new/$kindId', params: { tenant, kindId }, search: {} });
  };
  return (
    <form onSubmit={next}>
      {kinds ? (
        <Providers kinds={kinds} isAdded={isAdded} chosen={chosen} onChoose={choose} />
      ) : (
        <div className={classes.cards}>
          <Skeleton height={68} radius={8} />
          <Skeleton height={68} radius={8} />
        </div>
      )}
      {chosen && chosen.length > 1 && (
        <Platforms kinds={chosen} isAdded={isAdded} kindId={kindId} onChoose={setKindId} />
      )}
      <div className={classes.dock}>
        <DialogActions>
          <Button variant="default" onClick={onClose}>
            {words('form.cancel')}
          </Button>
          <Button type="submit" disabled={!kindId}>
            {t('next')}
          </Button>
        </DialogActions>
      </div>
    </form>
  );
}

/** Providers that are seen at a glance; more of them can be searched. */
const searchedFrom = 8;

interface ProvidersProps {
  kinds: readonly Kind[];
  isAdded: (kind: Kind) => boolean;
  chosen: Kind[] | undefined;
  onChoose: (provider: Kind[]) => void;
}

function Providers({ kinds, isAdded, chosen, onChoose }: ProvidersProps) {
  const t = connectorPhrases.use();
  const localized = useLocalized();
  const [search, setSearch] = useState('');
  const providers = providersOf(kinds);
  const found = providers.filter((provider) => provider.some((kind) => isNamed(kind, search)));
  return (
    <>
      {providers.length > searchedFrom && (
        <TextInput
          type="search"
          className={classes.search ?? ''}
          aria-label={t('searchProviders')}
          placeholder={t('searchProviders')}
          leftSection={<IconSearch size={16} stroke={1.5} aria-hidden />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      <p className={classes.none} role="status">
        {found.length === 0 && t('noProvider')}
      </p>
      <Radio.Group
        aria-label={t('provider')}
        value={chosen?.[0]?.id ?? ''}
        onChange={(id) => {
          const provider = providers.find(([first]) => first?.id === id);
          if (provider) onChoose(provider);
        }}
      >
        <div className={classes.cards}>
          {found.map((provider) => {
            const [kind] = provider;
            if (!kind) return null;
            const name = localized(kind.name);
            const areAdded = provider.every(isAdded);
            return (
              <Radio.Card
                key={kind.id}
                value={kind.id}
                className={classes.card ?? ''}
                disabled={areAdded}
                aria-label={name}
              >
                <Logo logo={kind.logo} logoDark={kind.logoDark} name={name} size={40} />
                <span className={classes.words}>
                  <span className={classes.name}>{name}</span>
                  <span className={classes.help}>
                    {areAdded ? t('alreadyAdded') : provider.length > 1 ? t('several') : localized(kind.description)}
                  </span>
                </span>
              </Radio.Card>
            );
          })}
        </div>
      </Radio.Group>
    </>
  );
}

interface PlatformsProps {
  kinds: readonly Kind[];
  isAdded: (kind: Kind) => boolean;
  kindId: string | undefined;
  onChoose: (kindId: string) => void;
}

/** The list above may be longer than the dialog. */
const showNow = (element: HTMLElement | null): void => element?.scrollIntoView({ block: 'nearest' });

function Platforms({ kinds, isAdded, kindId, onChoose }: PlatformsProps) {
  const t = connectorPhrases.use();
  const localized = useLocalized();
  return (
    <Radio.Group
      ref={showNow}
      className={classes.platforms ?? ''}
      label={t('platform')}
      value={kindId ?? ''}
      onChange={onChoose}
    >
      <div className={classes.cards}>
        {kinds.map((kind) => (
          <Radio.Card key={kind.id} value={kind.id} className={classes.card ?? ''} disabled={isAdded(kind)}>
            <Radio.Indicator disabled={isAdded(kind)} />
            <span className={classes.words}>
              <span className={classes.name}>{kind.platform && t(`platforms.${kind.platform}`)}</span>
              <span className={classes.help}>{isAdded(kind) ? t('alreadyAdded') : localized(kind.description)}</span>
            </span>
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}
