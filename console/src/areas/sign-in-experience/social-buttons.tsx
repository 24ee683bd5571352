import { Button, Checkbox, Menu } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useLanguage } from '../../language/phrases.ts';
import { ReorderList } from '../../patterns/reorder-list.tsx';
import { StatusBadge } from '../../patterns/status-badge.tsx';
import { ConnectorLink, FieldProblem } from './field-problem.tsx';
import classes from './lists.module.css';
import { experiencePhrases } from './phrases.ts';
import { type Connector, useSettings } from './settings.tsx';

/** A button of the page: the connectors of one provider. */
interface Provider {
  target: string;
  name: string;
  logo?: string | undefined;
  logoDark?: string | null | undefined;
  platforms: Connector['platform'][];
}

function providersOf(connectors: readonly Connector[], language: string): Provider[] {
  const social = connectors.filter(({ type }) => type === 'Social');
  return [...Map.groupBy(social, ({ target }) => target)].map(([target, [first, ...others]]) => ({
    target,
    name: first?.name[language] ?? first?.name.en ?? target,
    logo: first?.logo,
    logoDark: first?.logoDark,
    platforms: [first, ...others].flatMap((connector) => connector?.platform ?? []),
  }));
}

/** The social buttons of the page in their order, and what users who come through them are asked for. */
export function SocialButtons() {
  const t = experiencePhrases.use();
  const { form } = useSettings();
  const { socialSignIn } = form.values;
  return (
    <>
      <Buttons />
      <Checkbox
        label={t('social.skip')}
        description={t('social.skipHelp')}
        checked={socialSignIn.skipRequiredIdentifiers}
        onChange={({ currentTarget }) =>
          form.set('socialSignIn', { ...socialSignIn, skipRequiredIdentifiers: currentTarget.checked })
        }
      />
      <Checkbox
        label={t('social.link')}
        description={t('social.linkHelp')}
        checked={socialSignIn.automaticAccountLinking}
        onChange={({ currentTarget }) =>
          form.set('socialSignIn', { ...socialSignIn, automaticAccountLinking: currentTarget.checked })
        }
      />
    </>
  );
}

function Buttons() {
  const t = experiencePhrases.use();
  const { form, connectors } = useSettings();
  const providers = providersOf(connectors, useLanguage());
  const targets = form.values.socialSignInConnectorTargets;
  const shown = targets.map(
    (target): Provider => providers.find((each) => each.target === target) ?? { target, name: target, platforms: [] },
  );
  const change = (next: readonly Provider[]) =>
    form.set(
      'socialSignInConnectorTargets',
      next.map(({ target }) => target),
    );
  return (
    <div className={classes.group}>
      <ReorderList
        label={t('social.title')}
        items={shown}
        idOf={({ target }) => target}
        nameOf={({ name }) => name}
        onChange={change}
      >
        {(provider) => <ProviderRow provider={provider} />}
      </ReorderList>
      {shown.length === 0 && (
        <p className={classes.none}>
          {t(providers.length > 0 ? 'social.none' : 'social.noConnector')}{' '}
          {providers.length === 0 && <ConnectorLink>{t('connectors.addSocial')}</ConnectorLink>}
        </p>
      )}
      <FieldProblem of="socialSignInConnectorTargets" />
      <AddMenu
        providers={providers.filter(({ target }) => !targets.includes(target))}
        onAdd={(provider) => change([...shown, provider])}
      />
    </div>
  );
}

function AddMenu({ providers, onAdd }: { providers: readonly Provider[]; onAdd: (provider: Provider) => void }) {
  const t = experiencePhrases.use();
  if (providers.length === 0) return null;
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button
          className={classes.add ?? ''}
          variant="default"
          size="xs"
          leftSection={<IconPlus size={16} stroke={1.5} />}
        >
          {t('social.add')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {providers.map((provider) => (
          <Menu.Item key={provider.target} leftSection={<Logo provider={provider} />} onClick={() => onAdd(provider)}>
            {provider.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function ProviderRow({ provider }: { provider: Provider }) {
  const t = experiencePhrases.use();
  const { platforms } = provider;
  const isNativeOnly = platforms.length > 0 && platforms.every((platform) => platform === 'Native');
  return (
    <div className={classes.provider}>
      <Logo provider={provider} />
      <div className={classes.words}>
        <span className={classes.name}>{provider.name}</span>
        {isNativeOnly && <span className={classes.hint}>{t('social.nativeOnly')}</span>}
      </div>
      {platforms.length === 0 ? (
        <StatusBadge tone="danger">{t('social.gone')}</StatusBadge>
      ) : (
        platforms
          .filter((platform) => platform !== null)
          .map((platform) => (
            <StatusBadge key={platform} tone="neutral">
              {t(`social.platforms.${platform}`)}
            </StatusBadge>
          ))
      )}
    </div>
  );
}

function Logo({ provider: { logo, logoDark } }: { provider: Provider }) {
  return (
    <span className={classes.tile}>
      {logo && <img src={logo} alt="" className={logoDark ? classes.onLight : undefined} />}
      {logoDark && <img src={logoDark} alt="" className={classes.onDark} />}
    </span>
  );
}
