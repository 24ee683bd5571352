/** Single sign-on: the providers of the organization, and one of them with its four steps. */
import { portalSsoProviders } from '@aldaba/contract/pages';
import { Onward } from '../icons.tsx';
import {
  addressOf,
  Copied,
  Form,
  groupAddress,
  Part,
  Removal,
  RoleChoice,
  type ScreenProps,
  TextField,
} from './parts.tsx';
import { guideOf } from './sso-guides.ts';
import { SsoSettings } from './sso-settings.tsx';
import { SsoTest } from './sso-test.tsx';
import { type PortalWord, word } from './words.ts';

const pathOf = (id: string): string => `/sso/${encodeURIComponent(id)}`;

export const SsoConnections = ({ frame, view, screen }: ScreenProps<'sso'>) => {
  const t = (key: PortalWord) => word(view.language, key);
  const { connections } = screen;
  return (
    <Part frame={frame} view={view} title={t('sso')} lead={t('ssoLead')}>
      {connections.length === 0 && <p class="hint">{t('noConnections')}</p>}
      {connections.length > 0 && (
        <ul class="ways rows">
          {connections.map(({ id, name, provider, status }) => (
            <li key={id}>
              <a class="way" href={addressOf(frame, pathOf(id))}>
                <span>
                  <span class="way-name">{name}</span>
                  <small>{t(`provider.${provider}`)}</small>
                  <small>{t(`status.${status}`)}</small>
                </span>
                <Onward />
              </a>
            </li>
          ))}
        </ul>
      )}
      <section class="portal-proof">
        <h2>{t('connectProvider')}</h2>
        <Form frame={frame} path="/sso" submit={t('connect')}>
          <div class="field">
            <label for="provider">{t('chooseProvider')}</label>
            <div class="box">
              <select id="provider" name="provider">
                {portalSsoProviders.map((name) => (
                  <option key={name} value={name}>
                    {t(`provider.${name}`)}
                  </option>
                ))}
              </select>
            </div>
          </div>
        </Form>
      </section>
    </Part>
  );
};

export const SsoConnection = ({ frame, view, screen }: ScreenProps<'sso-connection'>) => {
  const t = (key: PortalWord) => word(view.language, key);
  const common = { frame, view, screen };
  return (
    <Part
      frame={frame}
      view={view}
      title={screen.name}
      lead={`${t(`provider.${screen.provider}`)}\u00a0· ${t(`status.${screen.status}`)}`}
      back="/sso"
    >
      <AtProvider {...common} />
      <SsoSettings {...common} />
      <SsoTest {...common} />
      <Activation {...common} />
      <GroupRoles {...common} />
      <Removal
        frame={frame}
        path={`${pathOf(screen.id)}/remove`}
        fields={{}}
        label={t('removeConnection')}
        consequence={t('removeConnectionLead')}
      />
    </Part>
  );
};

const order = ['redirectUri', 'entityId', 'acsUrl', 'metadataUrl', 'logoutUrl'] as const;

/** Our values, and what to do with them. */
const AtProvider = ({ frame, view, screen }: ScreenProps<'sso-connection'>) => {
  const t = (key: PortalWord) => word(view.language, key);
  return (
    <section class="portal-proof">
      <h2>{t('stepProvider')}</h2>
      <p class="hint">{t('stepAddresses')}</p>
      <dl class="record">
        {order.map((name) => {
          const value = screen.addresses[name];
          return (
            value !== undefined && (
              <Copied key={name} frame={frame} id={`our-${name}`} name={t(`address.${name}`)} value={value} />
            )
          );
        })}
      </dl>
      <div class="guide">
        <ol>
          {guideOf(view.language, screen.provider).map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </div>
    </section>
  );
};

/** What keeps the settings from being used; undefined if nothing does. */
function obstacleOf({ frame, view, screen }: ScreenProps<'sso-connection'>): string | undefined {
  const { status } = screen;
  if (screen.isSwitchedOff) return word(view.language, 'onSwitchedOff', { name: frame.branding.name });
  if (screen.domains.length === 0) return word(view.language, 'onNoDomain');
  const isUntested = status === 'new' || status === 'untested' || status === 'on-untested';
  return isUntested ? word(view.language, 'onNotTested') : undefined;
}

const Activation = (props: ScreenProps<'sso-connection'>) => {
  const { frame, view, screen } = props;
  const t = (key: PortalWord, values?: Record<string, string>) => word(view.language, key, values);
  const domains = new Intl.ListFormat(view.language, { type: 'conjunction' }).format(screen.domains);
  const path = pathOf(screen.id);
  const isOn = screen.status.startsWith('on');
  const obstacle = obstacleOf(props);
  const canUse = obstacle === undefined && screen.status !== 'on';
  return (
    <section class="portal-proof">
      <h2>{t('stepOn')}</h2>
      {screen.domains.length > 0 && <p class="hint">{t(isOn ? 'isOnLead' : 'onLead', { domains })}</p>}
      {obstacle !== undefined && screen.status !== 'on' && <p class="hint">{obstacle}</p>}
      {canUse && <Form frame={frame} path={`${path}/on`} submit={t(isOn ? 'useChanges' : 'turnOn')} />}
      {screen.status.startsWith('on-') && (
        <Form frame={frame} path={`${path}/discard`} submit={t('discardChanges')} look="plain" />
      )}
      {isOn && (
        <Removal frame={frame} path={`${path}/off`} fields={{}} label={t('turnOff')} consequence={t('turnOffLead')} />
      )}
    </section>
  );
};

const GroupRoles = ({ frame, view, screen }: ScreenProps<'sso-connection'>) => {
  const t = (key: PortalWord) => word(view.language, key);
  return (
    <section class="portal-proof">
      <h2>{t('groupRoles')}</h2>
      <p class="hint">{t('groupRolesLead')}</p>
      {screen.mappings.length === 0 && <p class="hint">{t('noGroupRoles')}</p>}
      {screen.mappings.length > 0 && (
        <ul class="ways rows">
          {screen.mappings.map(({ attribute, value, role }) => (
            <li key={`${attribute} ${value}`}>
              <a class="way" href={groupAddress(frame, screen.id, { attribute, value })}>
                <span>
                  <span class="way-name">{value}</span>
                  <small>{role ?? t('noRoles')}</small>
                </span>
                <Onward />
              </a>
            </li>
          ))}
        </ul>
      )}
      <p>
        <a href={addressOf(frame, `${pathOf(screen.id)}/group`)}>{t('addGroupRole')}</a>
      </p>
    </section>
  );
};

export const SsoGroup = ({ frame, view, screen }: ScreenProps<'sso-group'>) => {
  const t = (key: PortalWord, values?: Record<string, string>) => word(view.language, key, values);
  return (
    <Part
      frame={frame}
      view={view}
      title={screen.value || t('groupTitle')}
      lead={screen.roles.length === 0 ? t('groupNoRoles', { name: frame.branding.name }) : t('groupRolesLead')}
      back={pathOf(screen.id)}
    >
      {screen.roles.length > 0 && (
        <Form frame={frame} path={`${pathOf(screen.id)}/group`} submit={t('saveGroup')}>
          <TextField
            name="attribute"
            label={t('groupAttribute')}
            missing={t('groupAttributeMissing')}
            mode="text"
            value={screen.attribute}
            maxLength={256}
          />
          <TextField
            name="value"
            label={t('groupValue')}
            missing={t('groupValueMissing')}
            mode="text"
            value={screen.value}
            maxLength={256}
          />
          <RoleChoice legend={t('groupRole')} none={t('noRoles')} roles={screen.roles} />
        </Form>
      )}
    </Part>
  );
};
