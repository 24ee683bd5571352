import type { PageFrame, SocialOption, Terms } from '@aldaba/contract/pages';
import { imageAddress } from './addresses.ts';
import { Hidden, WithoutScripts } from './fields.tsx';
import { Phone } from './icons.tsx';
import { visibleOptions } from './islands/filter.ts';
import { type PhraseKey, phrase } from './phrases/index.ts';
import { abilitiesOf, mediaOf } from './preview.ts';
import { TermsCheckbox } from './terms.tsx';

const Logo = ({ frame, option }: { frame: PageFrame; option: SocialOption }) => {
  const light = imageAddress(option.logo);
  const dark = frame.branding.isDarkModeEnabled ? imageAddress(option.logoDark) : undefined;
  if (light === undefined) return <span class="social-logo" />;
  return (
    <picture class="social-logo">
      {dark !== undefined && <source srcset={dark} media={mediaOf(frame, 'dark')} />}
      <img src={light} alt="" width="22" height="22" />
    </picture>
  );
};

interface SocialProps {
  frame: PageFrame;
  appId: string;
  options: SocialOption[];
  terms: Terms;
  /** Whether a password form stands above, so that a line with “or” divides them. */
  hasForm: boolean;
  /** Whether another way stands below. */
  hasOthers: boolean;
  /** Ways were left out that work in another browser. */
  opensElsewhere?: boolean | undefined;
}

/**
 * One form for each way to sign in, so that every one of them works without scripts. What cannot work in a
 * browser is hidden until the island finds an app around the page. With scripts off the one checkbox for the
 * terms cannot belong to several forms, so each form brings its own.
 */
const Option = ({ option, shown, ...props }: SocialProps & { option: SocialOption; shown: boolean }) => {
  const { frame } = props;
  const t = (key: 'social.continueWith' | 'social.working') => phrase(frame.language, key, { name: option.name });
  return (
    <li data-platform={option.platform} data-target={option.target} hidden={!shown}>
      <form
        method="post"
        action={`${frame.basePath}/sign-in/social/${encodeURIComponent(option.id)}`}
        data-working={t('social.working')}
      >
        <Hidden fields={{ app_id: props.appId }} />
        {props.terms === 'checkbox' && (
          <WithoutScripts frame={frame}>
            <TermsCheckbox frame={frame} id={`terms-${option.id}`} />
          </WithoutScripts>
        )}
        <button type="submit" class="button outlined">
          <Logo frame={frame} option={option} />
          <span class="button-label">{t('social.continueWith')}</span>
        </button>
      </form>
    </li>
  );
};

/** What to do where no way can work: the first that applies. */
interface Nowhere {
  title?: PhraseKey;
  lead: PhraseKey;
}
const openElsewhere: Nowhere = { title: 'social.openElsewhere', lead: 'social.openElsewhereLead' };
const openInApp: Nowhere = { title: 'social.openInApp', lead: 'social.openInAppLead' };
const unavailable: Nowhere = { lead: 'social.unavailable' };

/** The list of social buttons and, when none of them can work here and there is no form, what to do instead. */
export const Social = (props: SocialProps) => {
  const { frame, options } = props;
  const { name } = frame.branding;
  const shown = visibleOptions(options, abilitiesOf(frame));
  const some = shown.includes(true);
  const nativeMessages = JSON.stringify({
    cancelled: phrase(frame.language, 'social.cancelled'),
    notSetUp: phrase(frame.language, 'social.notSetUp', { name }),
    failed: phrase(frame.language, 'social.failed'),
    offline: phrase(frame.language, 'social.offline'),
  });
  const needsApp = options.length > 0;
  const nowhere = props.opensElsewhere ? openElsewhere : needsApp ? openInApp : unavailable;
  return (
    <>
      {needsApp && (
        <section
          class="social"
          data-messages={nativeMessages}
          hidden={!some}
          aria-label={phrase(frame.language, 'social.list')}
        >
          {props.hasForm && (
            <p class="divider">
              <span>{phrase(frame.language, 'social.or')}</span>
            </p>
          )}
          <ul>
            {options.map((option, position) => (
              <Option key={option.id} {...props} option={option} shown={shown[position] ?? false} />
            ))}
          </ul>
        </section>
      )}
      {props.opensElsewhere && (props.hasForm || some) && (
        <p class="fine">{phrase(frame.language, 'social.elsewhereHint')}</p>
      )}
      {!props.hasForm && !props.hasOthers && (
        <div class="empty" id="no-way" hidden={some}>
          <Phone />
          {nowhere.title && <h2>{phrase(frame.language, nowhere.title)}</h2>}
          <p>{phrase(frame.language, nowhere.lead, { name })}</p>
        </div>
      )}
    </>
  );
};
