// Row-level security lets an index serve a condition only when its functions are known not to leak the rows it hides. Those of
// searches leak none (what they refuse is the pattern), but only a superuser may say so.
const signatures = [
  'lower(text)',
  'textlike(text, text)',
  'texticlike(text, text)',
  'textregexeq(text, text)',
  'texticregexeq(text, text)',
];

/** Statements for a superuser, one database each, that let searches use their index. */
export const leakproofStatements = signatures.map((signature) => `alter function pg_catalog.${signature} leakproof`);
