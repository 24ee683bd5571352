/** Second factors as people know them: a picture, a name, a sentence, and the link to each. */
import type { PageFactor, PageFrame } from '@aldaba/contract/pages';
import { pageLink } from '../addresses.ts';
import { Hidden } from '../fields.tsx';
import { Dial, Key, Letter, Onward, Phone, Slip } from '../icons.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';

const known: Readonly<Record<PageFactor, { Icon: typeof Key; name: PhraseKey; lead: PhraseKey }>> = {
  Totp: { Icon: Dial, name: 'factor.totp', lead: 'factor.totpLead' },
  WebAuthn: { Icon: Key, name: 'factor.webAuthn', lead: 'factor.webAuthnLead' },
  BackupCode: { Icon: Slip, name: 'factor.backupCode', lead: 'factor.backupCodeLead' },
  EmailVerificationCode: { Icon: Letter, name: 'factor.email', lead: 'factor.emailLead' },
  PhoneVerificationCode: { Icon: Phone, name: 'factor.phone', lead: 'factor.phoneLead' },
};

/** Links to factors, one below the other; `explained` adds what each of them is. */
export const FactorLinks = (props: {
  frame: PageFrame;
  appId: string;
  /** The path above the factors' own, e.g. `/mfa-binding`. */
  path: string;
  factors: readonly PageFactor[];
  /** Factors that a form selects directly, instead of a link. */
  ready?: readonly PageFactor[] | undefined;
  explained?: boolean;
}) => (
  <ul class="ways">
    {props.factors.map((factor) => {
      const { frame, appId, explained = false } = props;
      const path = `${props.path}/${factor}`;
      const label = <FactorLabel frame={frame} factor={factor} explained={explained} />;
      return (
        <li key={factor}>
          {props.ready?.includes(factor) ? (
            <form method="post" action={`${frame.basePath}${path}`}>
              <Hidden fields={{ app_id: appId }} />
              <button type="submit" class="way">
                {label}
              </button>
            </form>
          ) : (
            <a class="way" href={pageLink(frame, path, appId)}>
              {label}
            </a>
          )}
        </li>
      );
    })}
  </ul>
);

const FactorLabel = ({ frame, factor, explained }: { frame: PageFrame; factor: PageFactor; explained: boolean }) => {
  const { Icon, name, lead } = known[factor];
  return (
    <>
      <Icon />
      <span>
        <span class="way-name">{phrase(frame.language, name)}</span>
        {explained && <small>{phrase(frame.language, lead)}</small>}
      </span>
      <Onward />
    </>
  );
};
