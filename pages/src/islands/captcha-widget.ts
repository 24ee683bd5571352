/** The widgets of Turnstile and reCAPTCHA Enterprise: loads their script, shows them, and keeps their answer. */
import { clearAlert } from './alert.ts';
import { release } from './busy.ts';

interface Widget {
  type: 'Turnstile' | 'RecaptchaEnterprise';
  siteKey: string;
  action: string;
  mode?: 'invisible' | 'checkbox';
  script: string;
  language: string;
  dark: boolean;
  messages: { confirm: string; unavailable: string };
}

/** What both services call. */
interface Callbacks {
  callback: (answer: string) => void;
  'expired-callback': () => void;
  'error-callback': () => void;
  'before-interactive-callback': () => void;
}
interface Service {
  render: (place: HTMLElement, options: object) => unknown;
  reset: (id: unknown) => void;
  ready: (work: () => void) => void;
  execute: (siteKey: string, options: { action: string }) => PromiseLike<string>;
}
type Services = { turnstile?: Service; grecaptcha?: { enterprise?: Service } };

/** Milliseconds. */
const patience = 11_000;
/** The least width of the services' normal widgets, in CSS pixels. */
const normalWidth = 304;

/** Rejects if the script cannot be had; the next call tries again. */
const createLoader = (src: string): (() => Promise<void>) => {
  let loading: Promise<void> | undefined;
  return () => {
    loading ??= new Promise<void>((resolve, reject) => {
      const script = document.createElement('script');
      script.src = src;
      script.async = true;
      script.onload = () => resolve();
      script.onerror = () => {
        script.remove();
        loading = undefined;
        reject();
      };
      document.head.append(script);
    });
    return loading;
  };
};

const serviceOf = ({ type }: Widget): Promise<Service> => {
  const { turnstile, grecaptcha } = window as Services;
  const service = type === 'Turnstile' ? turnstile : grecaptcha?.enterprise;
  return new Promise((resolve, reject) => {
    if (!service) reject();
    else if (type === 'Turnstile') resolve(service);
    else service.ready(() => resolve(service));
  });
};

const inTime = <T>(work: Promise<T>, isExempt: () => boolean = () => false): Promise<T> =>
  Promise.race([work, new Promise<never>((_, reject) => setTimeout(() => isExempt() || reject(), patience))]);

/** How the widget is shown. Turnstile shows itself only if it asks the user something. */
const optionsOf = (widget: Widget, place: HTMLElement, callbacks: Callbacks) => {
  const isDark = widget.dark && matchMedia('(prefers-color-scheme: dark)').matches;
  const isNarrow = place.clientWidth < normalWidth;
  const shared = { sitekey: widget.siteKey, action: widget.action, theme: isDark ? 'dark' : 'light', ...callbacks };
  if (widget.type === 'RecaptchaEnterprise') return { ...shared, size: isNarrow ? 'compact' : 'normal' };
  return {
    ...shared,
    size: isNarrow ? 'compact' : 'flexible',
    language: widget.language.toLowerCase(),
    appearance: 'interaction-only',
    'response-field': false,
  };
};

/** Loads the widget into the place of its field. The function gets its answer; it rejects with a sentence. */
export const attachWidget = (input: HTMLInputElement, widget: Widget): (() => Promise<string>) => {
  const { messages } = widget;
  const load = createLoader(widget.script);
  const unavailable = () => Promise.reject(messages.unavailable);
  const opened = () => load().then(() => serviceOf(widget));
  if (widget.type === 'RecaptchaEnterprise' && widget.mode !== 'checkbox') {
    opened().catch(() => undefined);
    // Only when the form is sent: an answer expires after 2 minutes.
    return () =>
      inTime(opened().then((service) => service.execute(widget.siteKey, { action: widget.action }))).catch(unavailable);
  }
  let answer = '';
  let wait: { resolve: (answer: string) => void; reject: () => void } | undefined;
  let shown: { service: Service; id: unknown; failed?: boolean } | undefined;
  const place = document.createElement('div');
  const isVisible = () => place.className !== '';
  const callbacks: Callbacks = {
    callback: (given) => {
      answer = given;
      if (document.querySelector('#page-alert[data-code=captcha]')) clearAlert();
      wait?.resolve(given);
    },
    'expired-callback': () => {
      answer = '';
    },
    'error-callback': () => {
      answer = '';
      if (shown) shown.failed = true;
      wait?.reject();
    },
    'before-interactive-callback': () => {
      place.className = 'shown';
      release();
    },
  };
  const show = async () => {
    const service = await opened();
    if (widget.type === 'RecaptchaEnterprise') place.className = 'shown';
    input.after(place);
    shown ??= { service, id: service.render(place, optionsOf(widget, place, callbacks)) };
  };
  show().catch(() => undefined);
  // A user returns by the history: the answer was used.
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    answer = '';
    shown?.service.reset(shown.id);
  });
  const next = async (): Promise<string> => {
    if (!shown) await show();
    else if (shown.failed) {
      shown.failed = false;
      shown.service.reset(shown.id);
    }
    if (answer !== '') return answer;
    return new Promise((resolve, reject) => {
      wait = { resolve, reject };
    });
  };
  return () => {
    if (answer !== '') return Promise.resolve(answer);
    // The user has to tick the box, which takes time.
    if (shown && !shown.failed && widget.type === 'RecaptchaEnterprise') return Promise.reject(messages.confirm);
    return inTime(next(), isVisible).catch(unavailable);
  };
};
