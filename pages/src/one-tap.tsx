/** Google One Tap: Google's own script reads these attributes and posts what the user chose. */
import type { OneTapOffer, PageFrame } from '@aldaba/contract/pages';

/** The script, and what a page with it may load (Google Identity Services, content security policy). */
const origin = 'https://accounts.google.com/gsi/';
const script = `${origin}client`;
export const oneTapSources = { script: [script], style: [`${origin}style`], frame: [origin], connect: [origin] };

/** An attribute that is on unless the operator switches it off, or the other way round, stays as Google has it. */
const flag = (value: boolean | undefined): string | undefined => (value === undefined ? undefined : String(value));

export const OneTap = ({ frame, offer }: { frame: PageFrame; offer: OneTapOffer }) =>
  frame.preview ? null : (
    <>
      <div
        id="g_id_onload"
        data-client_id={offer.clientId}
        data-login_uri={offer.loginUri}
        data-nonce={offer.nonce}
        data-auto_select={flag(offer.autoSelect)}
        data-cancel_on_tap_outside={flag(offer.closeOnTapOutside)}
        data-itp_support={flag(offer.itpSupport)}
      />
      <script async src={script} />
    </>
  );
