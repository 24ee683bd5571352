/** The organization's directory: how it connects, its tokens, and the roles of its groups. */
import type { PageFrame, PortalDirectoryToken, PortalView } from '@aldaba/contract/pages';
import { Onward } from '../icons.tsx';
import {
  addressOf,
  Copied,
  Form,
  instantOf,
  Pages,
  Part,
  Removal,
  RoleChoice,
  type ScreenProps,
  TextField,
  timeOf,
} from './parts.tsx';
import { type PortalWord, word } from './words.ts';

interface Props {
  frame: PageFrame;
  view: PortalView;
}

export const Directory = ({ frame, view, screen }: ScreenProps<'directory'>) => {
  const t = (key: PortalWord) => word(view.language, key);
  const timeOrNever = (time: number | null) => (time === null ? t('directoryNever') : instantOf(view, time));
  return (
    <Part frame={frame} view={view} title={t('directory')} lead={t('directoryLead')}>
      {!screen.hasVerifiedDomain && <p class="hint">{t('directoryNoDomain')}</p>}
      <section class="portal-proof">
        <h2>{t('directoryConnection')}</h2>
        <dl class="record">
          <Copied frame={frame} id="directory-address" name={t('directoryAddress')} value={screen.address} />
          <dt>{t('directoryLastUsed')}</dt>
          <dd>{timeOrNever(screen.lastUsedAt)}</dd>
          <dt>{t('directoryLastChanged')}</dt>
          <dd>{timeOrNever(screen.lastChangedAt)}</dd>
        </dl>
      </section>
      <section class="portal-proof">
        <h2>{t('tokens')}</h2>
        {screen.tokens.length === 0 && <p class="hint">{t('noTokens')}</p>}
        {screen.tokens.length > 0 && <Tokens frame={frame} view={view} tokens={screen.tokens} />}
      </section>
      <NewToken frame={frame} view={view} typed={screen.typed} />
      <section class="portal-proof">
        <h2>{t('groups')}</h2>
        {screen.groups.length === 0 && <p class="hint">{t('noGroups')}</p>}
        {screen.groups.length > 0 && <Groups frame={frame} view={view} screen={screen} />}
        <Pages frame={frame} view={view} path="/directory" page={screen.page} hasMore={screen.hasMore} />
      </section>
      <Guides view={view} />
    </Part>
  );
};

const Tokens = ({ frame, view, tokens }: Props & { tokens: readonly PortalDirectoryToken[] }) => (
  <ul class="ways rows">
    {tokens.map((token) => (
      <li key={token.id}>
        <a class="way" href={addressOf(frame, `/directory/tokens/${encodeURIComponent(token.id)}`)}>
          <span>
            <span class="way-name">{token.name}</span>
            <small>{usageOf(view, token)}</small>
            <small>{expiryOf(view, token)}</small>
          </span>
          <Onward />
        </a>
      </li>
    ))}
  </ul>
);

const usageOf = (view: PortalView, { createdAt, lastUsedAt }: PortalDirectoryToken): string => {
  const created = word(view.language, 'tokenCreated', { date: timeOf(view, createdAt) });
  const used =
    lastUsedAt === null
      ? word(view.language, 'tokenUnused')
      : word(view.language, 'tokenUsed', { date: instantOf(view, lastUsedAt) });
  return `${created}\u00a0· ${used}`;
};

const expiryOf = (view: PortalView, { expiresAt, isExpired }: PortalDirectoryToken): string =>
  expiresAt === null
    ? word(view.language, 'tokenForever')
    : word(view.language, isExpired ? 'tokenExpired' : 'tokenUntil', { date: timeOf(view, expiresAt) });

const NewToken = ({ frame, view, typed }: Props & { typed: string | undefined }) => {
  const t = (key: PortalWord) => word(view.language, key);
  return (
    <section class="portal-proof">
      <h2>{t('createToken')}</h2>
      <p class="hint">{t('createTokenLead')}</p>
      <Form frame={frame} path="/directory/tokens" submit={t('createToken')}>
        <TextField
          name="name"
          label={t('tokenName')}
          missing={t('tokenNameMissing')}
          mode="text"
          value={typed}
          maxLength={256}
        />
        <div class="field">
          <label for="expires">{t('tokenExpires')}</label>
          <div class="box">
            <select id="expires" name="expires">
              <option value="">{t('expiresNever')}</option>
              <option value="90">{t('expires90')}</option>
              <option value="365">{t('expires365')}</option>
            </select>
          </div>
        </div>
      </Form>
    </section>
  );
};

const Groups = ({ frame, view, screen }: ScreenProps<'directory'>) => (
  <ul class="ways rows">
    {screen.groups.map(({ id, name, membersCount, role }) => (
      <li key={id}>
        <a class="way" href={addressOf(frame, `/directory/groups/${encodeURIComponent(id)}`)}>
          <span>
            <span class="way-name">{name}</span>
            <small>{word(view.language, 'groupMembers', { count: String(membersCount) })}</small>
            <small>{role ?? word(view.language, 'noRoles')}</small>
          </span>
          <Onward />
        </a>
      </li>
    ))}
  </ul>
);

/** Short steps for each provider; the page above them shows the address. */
const Guides = ({ view }: { view: PortalView }) => {
  const t = (key: PortalWord) => word(view.language, key);
  const guides: [PortalWord, PortalWord[]][] = [
    ['guideEntra', ['guideEntra1', 'guideEntra2', 'guideEntra3', 'guideEntra4']],
    ['guideOkta', ['guideOkta1', 'guideOkta2', 'guideOkta3', 'guideOkta4']],
    ['guideOther', ['guideOther1', 'guideOther2', 'guideOther3']],
  ];
  return (
    <section class="portal-proof">
      <h2>{t('guides')}</h2>
      {guides.map(([name, steps]) => (
        <details class="guide" key={name}>
          <summary>{t(name)}</summary>
          <ol>
            {steps.map((step) => (
              <li key={step}>{t(step)}</li>
            ))}
          </ol>
        </details>
      ))}
    </section>
  );
};

export const DirectoryToken = ({ frame, view, screen }: ScreenProps<'directory-token'>) => {
  const { token, value } = screen;
  const lead = value === undefined ? usageOf(view, token) : word(view.language, 'tokenOnce');
  return (
    <Part frame={frame} view={view} title={token.name} lead={lead} back="/directory">
      {value !== undefined && <Value frame={frame} view={view} address={screen.address} value={value} />}
      <p class="hint">{expiryOf(view, token)}</p>
      {token.previousExpiresAt !== null && (
        <p class="hint">{word(view.language, 'tokenPrevious', { date: instantOf(view, token.previousExpiresAt) })}</p>
      )}
      {value === undefined ? <TokenChanges frame={frame} view={view} screen={screen} /> : <Guides view={view} />}
    </Part>
  );
};

const Value = ({ frame, view, address, value }: Props & { address: string; value: string }) => (
  <dl class="record">
    <Copied frame={frame} id="token-value" name={word(view.language, 'tokenValue')} value={value} />
    <Copied frame={frame} id="directory-address" name={word(view.language, 'directoryAddress')} value={address} />
  </dl>
);

const TokenChanges = ({ frame, view, screen }: ScreenProps<'directory-token'>) => {
  const t = (key: PortalWord) => word(view.language, key);
  const path = `/directory/tokens/${encodeURIComponent(screen.token.id)}`;
  return (
    <>
      <Form frame={frame} path={`${path}/rename`} submit={t('renameToken')} look="outlined">
        <TextField
          name="name"
          label={t('tokenName')}
          missing={t('tokenNameMissing')}
          mode="text"
          value={screen.token.name}
          maxLength={256}
        />
      </Form>
      <section class="portal-proof">
        <h2>{t('rotateToken')}</h2>
        <p class="hint">{t('rotateTokenLead')}</p>
        <Form
          frame={frame}
          path={`${path}/rotate`}
          fields={{ revision: screen.revision }}
          submit={t('rotateToken')}
          look="outlined"
        >
          <div class="check">
            <input type="checkbox" id="now" name="now" value="yes" />
            <label for="now">{t('rotateNow')}</label>
          </div>
        </Form>
      </section>
      <Removal
        frame={frame}
        path={`${path}/remove`}
        fields={{}}
        label={t('removeToken')}
        consequence={t('removeTokenLead')}
      />
    </>
  );
};

export const DirectoryGroup = ({ frame, view, screen }: ScreenProps<'directory-group'>) => {
  const t = (key: PortalWord, values?: Record<string, string>) => word(view.language, key, values);
  const { roles } = screen;
  return (
    <Part
      frame={frame}
      view={view}
      title={screen.name}
      lead={t('groupMembers', { count: String(screen.membersCount) })}
      back="/directory"
    >
      <p class="hint">{roles.length === 0 ? t('groupNoRoles', { name: frame.branding.name }) : t('groupLead')}</p>
      {roles.length > 0 && (
        <Form frame={frame} path={`/directory/groups/${encodeURIComponent(screen.id)}`} submit={t('saveGroup')}>
          <RoleChoice legend={t('groupRole')} none={t('noRoles')} roles={roles} />
        </Form>
      )}
    </Part>
  );
};
