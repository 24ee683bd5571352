/** What others have to do with the account: social accounts, browsers and applications. */
import { imageAddress } from '../addresses.ts';
import { Hidden } from '../fields.tsx';
import { Onward } from '../icons.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { addressOf, Button, Entries, Part, type ScreenOf, type ScreenProps } from './parts.tsx';

export const Social = ({ frame, view, screen }: ScreenProps<ScreenOf<'social'>>) => (
  <Part frame={frame} view={view} title="account.social" lead="account.socialLead">
    <Entries
      frame={frame}
      entries={screen.linked}
      empty="account.noSocial"
      path="/social/remove"
      remove="account.unlink"
      since="account.added"
    />
    {screen.linkable.length > 0 && (
      <ul class="ways">
        {screen.linkable.map(({ id, name, logo }) => (
          <li key={id}>
            <form method="post" action={addressOf(frame, '/social')}>
              <Hidden fields={{ connector: id }} />
              <button type="submit" class="way">
                <img src={imageAddress(logo)} alt="" width="24" height="24" referrerpolicy="no-referrer" />
                <span>
                  <span class="way-name">{phrase(frame.language, 'account.link', { name })}</span>
                </span>
                <Onward />
              </button>
            </form>
          </li>
        ))}
      </ul>
    )}
  </Part>
);

export const Sessions = ({ frame, view, screen }: ScreenProps<ScreenOf<'sessions'>>) => {
  const t = (key: PhraseKey) => phrase(frame.language, key);
  const sessions = screen.sessions.map((session) => ({
    ...session,
    name: session.name === '' ? t('account.unknownBrowser') : session.name,
  }));
  return (
    <Part frame={frame} view={view} title="account.sessions" lead="account.sessionsLead">
      <Entries
        frame={frame}
        entries={sessions}
        empty="account.noSessions"
        path="/sessions/end"
        remove="endSession.confirm"
        since="account.active"
        more={({ isCurrent }) => isCurrent && <strong class="current">{t('account.thisBrowser')}</strong>}
      />
      {screen.isEditable && sessions.length > 1 && (
        <Button frame={frame} path="/sessions/end-others" label="account.endOthers" />
      )}
      {screen.devices.length > 0 && (
        <section class="other-ways">
          <h2>{t('account.trusted')}</h2>
          <Entries
            frame={frame}
            entries={screen.devices}
            empty="account.noSessions"
            path="/sessions/forget"
            remove="account.remove"
            since="account.active"
          />
        </section>
      )}
    </Part>
  );
};

export const Applications = ({ frame, view, screen }: ScreenProps<ScreenOf<'applications'>>) => (
  <Part frame={frame} view={view} title="account.applications" lead="account.applicationsLead">
    <Entries
      frame={frame}
      entries={screen.applications}
      empty="account.noApplications"
      path="/applications/remove"
      remove="account.withdraw"
      since="account.allowed"
    />
  </Part>
);
