import type { Http } from '../../http/types.ts';
import { addressRoutes } from './addresses.ts';
import { detailRoutes } from './details.ts';
import { factorRoutes } from './factors.ts';
import { homeRoutes } from './home.ts';
import { listRoutes } from './lists.ts';
import { ownDataRoutes } from './own-data.ts';
import { proofRoutes } from './proof.ts';
import { type AccountPageNeeds, createAccountPageRoutes } from './requests.ts';

/** The parts of the account page, each with its forms. */
export function accountPageRoutes(http: Http, needs: AccountPageNeeds): void {
  const routes = createAccountPageRoutes(http, needs);
  homeRoutes(routes); // /account
  proofRoutes(routes); // /account/proof
  detailRoutes(routes); // …/profile, /avatar, /username, /password, /language
  addressRoutes(routes); // …/email, /phone
  factorRoutes(routes); // …/factors
  listRoutes(routes); // …/social, /callback/social/…, /sessions, /applications
  ownDataRoutes(routes); // …/data
}
