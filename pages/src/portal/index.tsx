/** The portal of an organization: one view that shows one part at a time. */
import type { PageFrame, PortalLogEntry, PortalView } from '@aldaba/contract/pages';
import { Alert, Notice } from '../fields.tsx';
import { Onward } from '../icons.tsx';
import { Heading } from '../views/parts.tsx';
import { Directory, DirectoryGroup, DirectoryToken } from './directory.tsx';
import { Domain, Domains } from './domains.tsx';
import { addressOf, Form, instantOf, Pages, Part, type ScreenProps } from './parts.tsx';
import { Invitations, Member, Members } from './people.tsx';
import { SsoConnection, SsoConnections, SsoGroup } from './sso.tsx';
import { eventWord, type PortalWord, word } from './words.ts';

export const Portal = ({ frame, view }: { frame: PageFrame; view: PortalView }) => {
  const { screen } = view;
  const common = { frame, view };
  switch (screen.part) {
    case 'start':
      return <Start {...common} screen={screen} />;
    case 'ended':
      return (
        <Heading text={portalTitle(view)} lead={word(view.language, 'endedLead', { name: frame.branding.name })} />
      );
    case 'home':
      return <Home {...common} screen={screen} />;
    case 'domains':
      return <Domains {...common} screen={screen} />;
    case 'domain':
      return <Domain {...common} screen={screen} />;
    case 'sso':
      return <SsoConnections {...common} screen={screen} />;
    case 'sso-connection':
      return <SsoConnection {...common} screen={screen} />;
    case 'sso-group':
      return <SsoGroup {...common} screen={screen} />;
    case 'directory':
      return <Directory {...common} screen={screen} />;
    case 'directory-token':
      return <DirectoryToken {...common} screen={screen} />;
    case 'directory-group':
      return <DirectoryGroup {...common} screen={screen} />;
    case 'members':
      return <Members {...common} screen={screen} />;
    case 'member':
      return <Member {...common} screen={screen} />;
    case 'invitations':
      return <Invitations {...common} screen={screen} />;
    case 'audit-logs':
      return <Entries {...common} screen={screen} />;
  }
};

/** The heading of a page, in the words of the portal or of the customer. */
export const portalTitle = ({ screen, language, organizationName }: PortalView): string => {
  switch (screen.part) {
    case 'start':
      return word(language, 'startTitle', { organization: organizationName });
    case 'ended':
      return word(language, 'endedTitle');
    case 'home':
      return organizationName;
    case 'domain':
      return screen.domain.domain;
    case 'sso-connection':
      return screen.name;
    case 'sso-group':
      return screen.value || word(language, 'groupTitle');
    case 'directory-token':
      return screen.token.name;
    case 'directory-group':
      return screen.name;
    case 'member':
      return screen.member.name;
    default:
      return word(language, screen.part);
  }
};

const Start = ({ frame, view, screen }: ScreenProps<'start'>) => (
  <>
    <Heading text={portalTitle(view)} lead={word(view.language, 'startLead', { name: frame.branding.name })} />
    <Alert error={view.error} focus />
    <Form frame={frame} path="/start" fields={{ token: screen.token }} submit={word(view.language, 'start')} />
  </>
);

const Home = ({ frame, view, screen }: ScreenProps<'home'>) => {
  const t = (key: PortalWord, values?: Record<string, string>) => word(view.language, key, values);
  return (
    <>
      <Heading text={view.organizationName} lead={t('homeLead', { name: frame.branding.name })} />
      {view.notice && <Notice>{t(`notice.${view.notice}`)}</Notice>}
      <Alert error={view.error} focus />
      <nav aria-label={view.organizationName}>
        <ul class="ways rows">
          {screen.parts.map((part) => (
            <li key={part}>
              <a class="way" href={addressOf(frame, `/${part}`)}>
                <span>
                  <span class="way-name">{t(part)}</span>
                  <small>{t(`${part}Hint`)}</small>
                </span>
                <Onward />
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <Form frame={frame} path="/close" submit={t('close')} look="plain" />
    </>
  );
};

const Entries = ({ frame, view, screen }: ScreenProps<'audit-logs'>) => {
  const t = (key: PortalWord, values?: Record<string, string>) => word(view.language, key, values);
  const madeBy = ({ source, actor }: PortalLogEntry): string => {
    if (actor !== undefined) return actor;
    if (source === 'portal') return t('byPortal');
    return source === 'directory' ? t('byDirectory') : frame.branding.name;
  };
  const nameOf = ({ event, hasFailed }: PortalLogEntry): string => {
    const name = eventWord(view.language, event);
    return hasFailed ? t('eventFailed', { event: name }) : name;
  };
  return (
    <Part frame={frame} view={view} title={t('audit-logs')}>
      {screen.entries.length === 0 && <p class="hint">{t('noEntries')}</p>}
      {screen.entries.length > 0 && (
        <ul class="entries">
          {screen.entries.map((entry) => (
            <li key={entry.id}>
              <div class="entry">
                <span class="way-name">{nameOf(entry)}</span>
                {entry.detail !== undefined && <small>{entry.detail}</small>}
                <small>{`${instantOf(view, entry.time)} · ${madeBy(entry)}`}</small>
              </div>
            </li>
          ))}
        </ul>
      )}
      <Pages frame={frame} view={view} path="/audit-logs" page={screen.page} hasMore={screen.hasMore} />
    </Part>
  );
};
