import type { ConsentView, PageFrame } from '@aldaba/contract/pages';
import { imageAddress, webAddress } from '../addresses.ts';
import { Hidden, Submit } from '../fields.tsx';
import { initialOf, Tick } from '../icons.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { WithDocuments } from '../terms.tsx';
import { Heading, LeftToRight } from './parts.tsx';

/** A picture, or the first letter of the name where there is none. */
export const Portrait = ({
  image,
  name,
  shape,
}: {
  image: string | undefined;
  name: string;
  shape: 'round' | 'square';
}) => {
  const source = imageAddress(image);
  return source === undefined ? (
    <span class={`portrait ${shape}`} aria-hidden="true">
      {initialOf(name)}
    </span>
  ) : (
    <img
      class={`portrait ${shape}`}
      src={source}
      alt=""
      width="44"
      height="44"
      referrerpolicy="no-referrer"
      data-initial={initialOf(name)}
    />
  );
};

const Scopes = ({ frame, view }: { frame: PageFrame; view: ConsentView }) => {
  if (view.scopes.length === 0) return <p>{phrase(frame.language, 'consent.noScopes')}</p>;
  return (
    <>
      <h2 class="small-heading">{phrase(frame.language, 'consent.scopes')}</h2>
      <ul class="scopes">
        {view.scopes.map(({ name, description }) => (
          <li key={`${description} ${name}`}>
            <Tick />
            <div>
              <span>{name}</span>
              {description !== undefined && <small>{description}</small>}
            </div>
          </li>
        ))}
      </ul>
    </>
  );
};

/** Boxes that start empty: acting in an organization is not part of what a plain yes allows. */
const Organizations = ({ frame, view }: { frame: PageFrame; view: ConsentView }) => {
  if (!view.organizations?.length) return null;
  return (
    <fieldset class="organizations">
      <legend class="small-heading">{phrase(frame.language, 'consent.organizations')}</legend>
      {view.organizations.map(({ id, name }) => (
        <div class="check" key={id}>
          <input type="checkbox" id={`organization-${id}`} name={`organization.${id}`} value="yes" />
          <label for={`organization-${id}`}>{name}</label>
        </div>
      ))}
    </fieldset>
  );
};

export const Consent = ({ frame, view }: { frame: PageFrame; view: ConsentView }) => {
  const { application, user } = view;
  const t = (key: PhraseKey) =>
    phrase(frame.language, key, { application: application.name, name: frame.branding.name, host: view.redirectHost });
  const documents = { termsOfUseUrl: application.termsOfUseUrl, privacyPolicyUrl: application.privacyPolicyUrl };
  const hasDocuments = [application.termsOfUseUrl, application.privacyPolicyUrl].some((url) => webAddress(url));
  return (
    <>
      <div class="pair">
        <Portrait image={application.logoUrl} name={application.name} shape="square" />
        <span class="pair-line" aria-hidden="true" />
        <Portrait image={user.avatar} name={user.name} shape="round" />
      </div>
      <Heading text={t('consent.title')} lead={t('consent.lead')} />
      <div class="account">
        <span class="account-label">{t('consent.signedInAs')}</span>
        <strong>{user.name}</strong>
        {user.detail !== undefined && (
          <span class="account-detail">
            <LeftToRight>{user.detail}</LeftToRight>
          </span>
        )}
      </div>
      <Scopes frame={frame} view={view} />
      <form class="choice" method="post" action={`${frame.basePath}/consent`}>
        <Hidden fields={{ app_id: view.appId, xsrf: view.xsrf }} />
        <Organizations frame={frame} view={view} />
        <Submit name="decision" value="accept">
          {t('consent.accept')}
        </Submit>
        <button type="submit" class="button outlined" name="decision" value="deny">
          <span class="button-label">{t('consent.deny')}</span>
        </button>
      </form>
      <p class="fine">
        {t('consent.redirect')}{' '}
        {hasDocuments && (
          <WithDocuments
            frame={frame}
            sentence="consent.terms"
            documents={documents}
            values={{ application: application.name }}
          />
        )}
      </p>
    </>
  );
};
