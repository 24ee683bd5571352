/** The captcha of a form: `islands/captcha.ts` gets the answer while the user types, or when the form is sent. */
import type { CaptchaChallenge, PageFrame, WidgetChallenge } from '@aldaba/contract/pages';
import { phrase } from './phrases/index.ts';

const turnstileOrigin = 'https://challenges.cloudflare.com';
const recaptchaOrigin = ({ domain = 'www.google.com' }: { domain?: string | undefined }) => `https://${domain}`;

/** The script of a widget. */
const scriptOf = (challenge: WidgetChallenge, language: string): string => {
  if (challenge.type === 'Turnstile') return `${turnstileOrigin}/turnstile/v0/api.js?render=explicit`;
  const render = challenge.mode === 'checkbox' ? 'explicit' : challenge.siteKey;
  return `${recaptchaOrigin(challenge)}/recaptcha/enterprise.js?${new URLSearchParams({ render, hl: language })}`;
};

/**
 * Directives of the policy of a page with a widget: only there, and only for the service of the tenant. Documented at
 * developers.cloudflare.com/turnstile/reference/content-security-policy and docs.cloud.google.com/recaptcha/docs/faq.
 */
export const widgetDirectives = (
  challenge: WidgetChallenge,
): { script: string[]; connect: string[]; frame: string[] } => {
  if (challenge.type === 'Turnstile')
    return { script: [turnstileOrigin], connect: [turnstileOrigin], frame: [turnstileOrigin] };
  const own = `${recaptchaOrigin(challenge)}/recaptcha/`;
  return {
    // What the script loads: from gstatic.cn for users in mainland China.
    script: [own, 'https://www.gstatic.com/recaptcha/', 'https://www.gstatic.cn/recaptcha/'],
    connect: [own],
    frame: [own, 'https://recaptcha.google.com/recaptcha/'],
  };
};

/** What the script of the page needs to show a widget; nothing of it is secret. */
const widgetOf = (frame: PageFrame, challenge: WidgetChallenge) => ({
  ...challenge,
  script: scriptOf(challenge, frame.language),
  language: frame.language,
  dark: frame.branding.isDarkModeEnabled,
  messages: {
    confirm: phrase(frame.language, 'captcha.confirm'),
    unavailable: phrase(frame.language, 'captcha.unavailable'),
  },
});

/** Belongs before the button of the form. */
export const Captcha = ({ frame, challenge }: { frame: PageFrame; challenge: CaptchaChallenge | undefined }) =>
  challenge === undefined ? null : (
    <>
      {challenge.type === 'ProofOfWork' ? (
        <input type="hidden" name="captcha" data-challenge={JSON.stringify(challenge)} />
      ) : (
        <div class="captcha">
          <input type="hidden" name="captcha" data-widget={JSON.stringify(widgetOf(frame, challenge))} />
        </div>
      )}
      <noscript>
        <p class="notice">{phrase(frame.language, 'captcha.noScript')}</p>
      </noscript>
    </>
  );
