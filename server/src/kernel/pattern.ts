import { createContext, Script } from 'node:vm';

const script = new Script('new RegExp(pattern, "v").test(value)');

/**
 * Whether a text matches an operator's pattern. The search stops after `limit` milliseconds, so that catastrophic
 * backtracking (CWE-1333) blocks no other request; a timeout counts as no match.
 */
export function matchesPattern(pattern: string, value: string, limit = 25): boolean {
  try {
    return script.runInContext(createContext({ pattern, value }), { timeout: limit }) === true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  }
}
