import { createContext, Script } from 'node:vm';

const script = new Script('new RegExp(pattern, "v").test(value)');

/**
 * Whether a text matches a pattern that an operator wrote. The search ends after `limit` milliseconds, so that a pattern that
 * backtracks without end (CWE-1333) holds nobody else up; what was not found by then does not match.
 */
export function matchesPattern(pattern: string, value: string, limit = 25): boolean {
  try {
    return script.runInContext(createContext({ pattern, value }), { timeout: limit }) === true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  }
}
