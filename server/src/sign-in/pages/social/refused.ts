import type { AldabaError } from '../../../kernel/errors.ts';
import { socialRefusedView } from '../../views.ts';
import type { PageRequest, PageRoutes } from '../page-requests.ts';

/** Refused, the first screen is shown again. */
export const refusedBy = (answer: PageRoutes['answer']) => (sent: PageRequest, failure: AldabaError) =>
  answer(sent, socialRefusedView(sent.context, failure.code), failure);
