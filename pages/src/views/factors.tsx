/** Second factors as people know them: a picture, a name, a sentence, and the link to each. */
import type { PageFactor, PageFrame } from '@aldaba/contract';
import { pageLink } from '../addresses.ts';
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
  explained?: boolean;
}) => (
  <ul class="ways">
    {props.factors.map((factor) => {
      const { Icon, name, lead } = known[factor];
      return (
        <li key={factor}>
          <a class="way" href={pageLink(props.frame.basePath, `${props.path}/${factor}`, props.appId)}>
            <Icon />
            <span>
              <span class="way-name">{phrase(props.frame.language, name)}</span>
              {props.explained && <small>{phrase(props.frame.language, lead)}</small>}
            </span>
            <Onward />
          </a>
        </li>
      );
    })}
  </ul>
);
