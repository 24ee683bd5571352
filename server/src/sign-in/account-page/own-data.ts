/** The user's data as a file, and the deletion of the account. */
import { AldabaError } from '../../kernel/errors.ts';
import { type AccountPageRoutes, proofPath } from './requests.ts';

export function ownDataRoutes(routes: AccountPageRoutes): void {
  dataRoutes(routes);
  deletionRoutes(routes);
}

function dataRoutes({ api, get }: AccountPageRoutes): void {
  const { myData, changes } = api;
  get('/data', 'data', async (page) =>
    (await changes.isProved(page.visit)) ? page.show({ part: 'data' }) : page.go(proofPath('data')),
  );
  get('/data/download', 'data', async ({ visit, reply }) => {
    const data = await myData.collect(visit);
    reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('content-disposition', 'attachment; filename="account.json"')
      .header('cache-control', 'no-store')
      .send(JSON.stringify(data, null, 2));
  });
}

function deletionRoutes({ api, get, post }: AccountPageRoutes): void {
  const { myDeletion, changes } = api;
  get('/delete', 'delete', async (page) => {
    const { deletionGraceDays: days } = page.visit.center;
    if (days === null) throw new AldabaError('account_center.field_not_enabled');
    if (await myDeletion.find(page.visit)) return page.go('');
    if (!(await changes.isProved(page.visit))) return page.go(proofPath('delete'));
    return page.show({ part: 'delete', days });
  });
  post('/delete', 'delete', async (page) => {
    await myDeletion.request(page.visit);
    page.go('');
  });
  post('/delete/cancel', 'delete', async (page) => {
    // Pressed twice, or an operator was faster.
    if (await myDeletion.find(page.visit)) await myDeletion.cancel(page.visit);
    page.go('', 'deletionCanceled');
  });
}
