/**
 * The Account API: users see and change their own account, with the access token of an application.
 *
 * Owns the table verification_records, which calls need which proof, and what the account center's settings open. Does
 * not own how a factor is verified (factors, as in a sign-in), the user's data (users), or sessions and grants (oidc,
 * through `AccountSessions`). Every call is about the user of the token: no path and no body names a user. A request
 * enters at `routes.ts`, whose guard has read the token, or at the account page; `my-account.ts`, `my-factors.ts` and
 * `my-sessions.ts` decide, `verifications.ts` makes the records.
 */
import { createFactors } from '../factors/index.ts';
import { createRules } from '../settings.ts';
import { type AccountChanges, createAccountChanges } from './changes.ts';
import { type AccountContext, type AccountNeeds, createAccountAudit } from './context.ts';
import { createMyAccount, type MyAccount } from './my-account.ts';
import { createMyData, type MyData } from './my-data.ts';
import { createMyDeletion, type MyDeletion } from './my-deletion.ts';
import { createMyFactors, type MyFactors } from './my-factors.ts';
import { createMySessions, type MySessions } from './my-sessions.ts';
import { createMyTokens, type MyTokens } from './my-tokens.ts';
import { createRecords } from './records.ts';
import { createVerifications, type Verifications } from './verifications.ts';

export interface AccountApi {
  mine: MyAccount;
  myFactors: MyFactors;
  mySessions: MySessions;
  myTokens: MyTokens;
  myData: MyData;
  myDeletion: MyDeletion;
  verifications: Verifications;
  changes: AccountChanges;
  context: Pick<
    AccountContext,
    'accountCenters' | 'connectors' | 'log' | 'pages' | 'profileFields' | 'settings' | 'users'
  >;
}

export function createAccountApi(needs: AccountNeeds): AccountApi {
  const context: AccountContext = {
    ...needs,
    ...createRules(needs),
    factors: createFactors(needs),
    records: createRecords(needs),
    audit: createAccountAudit(needs),
  };
  const changes = createAccountChanges(context);
  const mine = createMyAccount(context, changes);
  const myFactors = createMyFactors(context, changes);
  const mySessions = createMySessions(context, changes);
  return {
    mine,
    myFactors,
    mySessions,
    myTokens: createMyTokens(context, changes),
    myData: createMyData(context, { changes, mine, myFactors, mySessions }),
    myDeletion: createMyDeletion(context, changes),
    verifications: createVerifications(context),
    changes,
    context,
  };
}
