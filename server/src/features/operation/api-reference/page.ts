/** The documents that the page shows, by the value of `?api=`. */
const documents = { management: 'Management API', experience: 'Experience API', user: 'Account API' };

/** @param basePath of the tenant: '' or a path like `/t/acme`, made by us */
export const referencePage = (basePath: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API reference</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${basePath}/api/reference/swagger-ui.css">
<link rel="stylesheet" href="${basePath}/api/reference/reference.css">
</head>
<body>
<nav aria-label="APIs">
${Object.entries(documents)
  .map(([name, title]) => `<a href="${basePath}/api/reference?api=${name}">${title}</a>`)
  .join('\n')}
</nav>
<div id="reference" data-documents="${basePath}/api/.well-known/"></div>
<noscript>This page needs JavaScript. The documents are at ${basePath}/api/.well-known/management.openapi.json and beside it.</noscript>
<script src="${basePath}/api/reference/swagger-ui-bundle.js"></script>
<script src="${basePath}/api/reference/reference.js"></script>
</body>
</html>
`;

/** Starts the viewer. The address chooses among the documents of a list; it never names one by itself. */
export const referenceScript = `const dark = matchMedia('(prefers-color-scheme: dark)');
const dress = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', dress);
dress();
const names = ${JSON.stringify(Object.keys(documents))};
const place = document.getElementById('reference');
const wanted = new URLSearchParams(location.search).get('api');
const name = names.includes(wanted) ? wanted : names[0];
for (const link of document.querySelectorAll('nav a')) {
  if (new URL(link.href).searchParams.get('api') === name) link.setAttribute('aria-current', 'page');
}
SwaggerUIBundle({
  domNode: place,
  url: place.dataset.documents + name + '.openapi.json',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  validatorUrl: null,
  queryConfigEnabled: false,
  persistAuthorization: false,
});
`;

export const referenceStyle = `body { margin: 0; }
.swagger-ui .info .title small { background: #565e70; }
.swagger-ui .info .title small.version-stamp { background: #45670d; }
html:not(.dark-mode) .swagger-ui .info :is(.url, a.link) { color: #3730a3; }
html:not(.dark-mode) .swagger-ui .btn.authorize { color: #0b6b43; border-color: #0b6b43; }
html:not(.dark-mode) .swagger-ui .btn.authorize svg { fill: #0b6b43; }
.swagger-ui .opblock .opblock-summary-method { text-shadow: none; background: #4b5563; }
.swagger-ui .opblock.opblock-get .opblock-summary-method { background: #1d5fae; }
.swagger-ui .opblock.opblock-post .opblock-summary-method { background: #12794b; }
.swagger-ui .opblock.opblock-put .opblock-summary-method { background: #95580a; }
.swagger-ui .opblock.opblock-patch .opblock-summary-method { background: #0b7367; }
.swagger-ui .opblock.opblock-delete .opblock-summary-method { background: #b4231d; }
nav { display: flex; gap: 1rem; padding: 0.75rem 1.25rem; font: 16px/1.5 system-ui, sans-serif; border-bottom: 1px solid #d8dce6; }
nav a { color: #3730a3; }
html.dark-mode nav { color: #e4e6e6; border-color: #3c4147; }
html.dark-mode nav a { color: #a9b8ff; }
html nav a[aria-current] { font-weight: 600; text-decoration: none; color: inherit; }
`;
