/** The members of the organization, their roles, and invitations. */
import type { PortalRole } from '@aldaba/contract/pages';
import { Onward } from '../icons.tsx';
import { LeftToRight } from '../views/parts.tsx';
import { addressOf, Form, Pages, Part, Removal, type ScreenProps, TextField, timeOf } from './parts.tsx';
import { type PortalWord, word } from './words.ts';

const listed = (language: string, names: readonly string[]): string => new Intl.ListFormat(language).format(names);

export const Members = ({ frame, view, screen }: ScreenProps<'members'>) => {
  const t = (key: PortalWord) => word(view.language, key);
  return (
    <Part frame={frame} view={view} title={t('members')}>
      <form class="main-form" method="get" action={addressOf(frame, '/members')}>
        <TextField name="q" label={t('search')} missing="" mode="search" value={screen.words} isOptional />
        <button type="submit" class="button outlined">
          <span class="button-label">{t('find')}</span>
        </button>
      </form>
      {screen.members.length === 0 && <p class="hint">{t('noMembers')}</p>}
      {screen.members.length > 0 && (
        <ul class="ways rows">
          {screen.members.map(({ id, name, detail, roles }) => (
            <li key={id}>
              <a class="way" href={addressOf(frame, `/members/${encodeURIComponent(id)}`)}>
                <span>
                  <span class="way-name">{name}</span>
                  {detail !== undefined && (
                    <small>
                      <LeftToRight>{detail}</LeftToRight>
                    </small>
                  )}
                  <small>{roles.length === 0 ? t('noRoles') : listed(view.language, roles)}</small>
                </span>
                <Onward />
              </a>
            </li>
          ))}
        </ul>
      )}
      <Pages
        frame={frame}
        view={view}
        path="/members"
        page={screen.page}
        hasMore={screen.hasMore}
        query={screen.words === '' ? {} : { q: screen.words }}
      />
    </Part>
  );
};

const Roles = ({ legend, roles }: { legend: string; roles: readonly PortalRole[] }) => (
  <fieldset class="organizations">
    <legend class="small-heading">{legend}</legend>
    {roles.map(({ id, name, description, isChosen }) => (
      <div class="check" key={id}>
        <input type="checkbox" id={`role-${id}`} name={`role.${id}`} value="yes" checked={isChosen} />
        <label for={`role-${id}`} class="portal-role">
          {name}
          {description !== undefined && <small>{description}</small>}
        </label>
      </div>
    ))}
  </fieldset>
);

export const Member = ({ frame, view, screen }: ScreenProps<'member'>) => {
  const { member, roles } = screen;
  const t = (key: PortalWord, values?: Record<string, string>) => word(view.language, key, values);
  const path = `/members/${encodeURIComponent(member.id)}`;
  return (
    <Part
      frame={frame}
      view={view}
      title={member.name}
      lead={member.detail === undefined ? undefined : <LeftToRight>{member.detail}</LeftToRight>}
      back="/members"
    >
      {roles.length > 0 && (
        <Form frame={frame} path={`${path}/roles`} submit={t('saveRoles')}>
          <Roles legend={t('roles')} roles={roles} />
        </Form>
      )}
      <Removal
        frame={frame}
        path={`${path}/remove`}
        fields={{}}
        label={t('removeMember')}
        consequence={t('removeMemberLead', { member: member.name })}
      />
    </Part>
  );
};

export const Invitations = ({ frame, view, screen }: ScreenProps<'invitations'>) => {
  const t = (key: PortalWord, values?: Record<string, string>) => word(view.language, key, values);
  return (
    <Part frame={frame} view={view} title={t('invitations')}>
      {screen.invitations.length === 0 && <p class="hint">{t('noInvitations')}</p>}
      {screen.invitations.length > 0 && (
        <ul class="entries">
          {screen.invitations.map(({ id, invitee, expiresAt, roles }) => (
            <li key={id}>
              <div class="entry">
                <span class="way-name">
                  <LeftToRight>{invitee}</LeftToRight>
                </span>
                {roles.length > 0 && <small>{listed(view.language, roles)}</small>}
                <small>{t('until', { date: timeOf(view, expiresAt) })}</small>
              </div>
              <Form
                frame={frame}
                path="/invitations/revoke"
                fields={{ id }}
                submit={t('revoke')}
                look="plain"
                about={invitee}
              />
            </li>
          ))}
        </ul>
      )}
      {screen.isOpen ? (
        <section class="portal-proof">
          <h2>{t('invite')}</h2>
          <Form frame={frame} path="/invitations" submit={t('inviteSubmit')}>
            <TextField name="email" label={t('email')} missing={t('emailMissing')} mode="email" value={screen.typed} />
            {screen.roles.length > 0 && <Roles legend={t('roles')} roles={screen.roles} />}
          </Form>
        </section>
      ) : (
        <p class="hint">{t('invitationsClosed', { name: frame.branding.name })}</p>
      )}
    </Part>
  );
};
