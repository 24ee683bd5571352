/** The account page: one view that shows one part at a time. */
import type { AccountView, PageFrame } from '@aldaba/contract/pages';
import type { AssetName } from '../assets.ts';
import type { PhraseKey } from '../phrases/index.ts';
import { Address, AddressCode, Language, Password, Profile, Username } from './details.tsx';
import { Factors, NewApp, NewCodes, NewPasskey } from './factors.tsx';
import { Disabled, Home } from './home.tsx';
import { Applications, Sessions, Social } from './lists.tsx';
import { Deletion, OwnData } from './own-data.tsx';
import { Proof } from './proof.tsx';

export const Account = ({ frame, view }: { frame: PageFrame; view: AccountView }) => {
  const { screen } = view;
  const common = { frame, view };
  switch (screen.part) {
    case 'disabled':
      return <Disabled frame={frame} />;
    case 'home':
      return <Home {...common} screen={screen} />;
    case 'proof':
      return <Proof {...common} screen={screen} />;
    case 'profile':
      return <Profile {...common} screen={screen} />;
    case 'username':
      return <Username {...common} screen={screen} />;
    case 'address':
      return <Address {...common} screen={screen} />;
    case 'address-code':
      return <AddressCode {...common} screen={screen} />;
    case 'password':
      return <Password {...common} screen={screen} />;
    case 'factors':
      return <Factors {...common} screen={screen} />;
    case 'totp':
      return <NewApp {...common} screen={screen} />;
    case 'passkey':
      return <NewPasskey {...common} screen={screen} />;
    case 'codes':
      return <NewCodes {...common} screen={screen} />;
    case 'social':
      return <Social {...common} screen={screen} />;
    case 'sessions':
      return <Sessions {...common} screen={screen} />;
    case 'applications':
      return <Applications {...common} screen={screen} />;
    case 'data':
      return <OwnData {...common} screen={screen} />;
    case 'language':
      return <Language {...common} screen={screen} />;
    case 'delete':
      return <Deletion {...common} screen={screen} />;
  }
};

const titles: Readonly<Record<AccountView['screen']['part'], PhraseKey>> = {
  disabled: 'account.disabledTitle',
  home: 'account.title',
  proof: 'secondFactor.title',
  profile: 'account.profile',
  username: 'field.username',
  address: 'account.address',
  'address-code': 'account.address',
  password: 'reset.title',
  factors: 'account.factors',
  totp: 'bindTotp.title',
  passkey: 'bindPasskey.title',
  codes: 'backupCodes.title',
  social: 'account.social',
  sessions: 'account.sessions',
  applications: 'account.applications',
  data: 'account.data',
  language: 'account.language',
  delete: 'account.delete',
};

export const accountTitle = ({ screen }: AccountView): PhraseKey => titles[screen.part];

export const accountScript = ({ screen }: AccountView): AssetName => {
  if (screen.part === 'passkey' || (screen.part === 'proof' && screen.passkey)) return 'passkey.js';
  return screen.part === 'totp' || screen.part === 'codes' ? 'copy.js' : 'form.js';
};
