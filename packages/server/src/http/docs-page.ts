import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Server } from './validation.ts'

/** Nothing from elsewhere: the page works without network, and what it shows cannot call out. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  // Swagger UI sets style attributes.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Quory API</title>
    <link rel="icon" href="/docs/favicon.png">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="page"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`

// Without `validatorUrl: null` the page would send the description to a validator on the internet.
const start = `SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#page', deepLinking: true, docExpansion: 'none', filter: true,
  validatorUrl: null, persistAuthorization: false, tryItOutEnabled: true,
})
`

const files = [
  ['swagger-ui.css', 'text/css; charset=utf-8', () => import.meta.resolve('@fastify/swagger-ui/static/swagger-ui.css')],
  [
    'swagger-ui-bundle.js',
    'text/javascript; charset=utf-8',
    () => import.meta.resolve('@fastify/swagger-ui/static/swagger-ui-bundle.js'),
  ],
  ['favicon.png', 'image/png', () => import.meta.resolve('@fastify/swagger-ui/static/favicon-32x32.png')],
] as const

/** The API as a page to browse and try, on Swagger UI. Its files are read when asked for: start-up pays nothing. */
export function registerDocsPage(server: Server): void {
  const options = { config: { isPublic: true }, schema: { hide: true } }
  server.get('/docs', options, async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', contentSecurityPolicy)
      .header('referrer-policy', 'no-referrer')
      .send(page),
  )
  server.get('/docs/start.js', options, async (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(start),
  )
  for (const [name, type, locate] of files) {
    server.get(`/docs/${name}`, options, async (_request, reply) =>
      reply
        .type(type)
        .header('cache-control', 'public, max-age=86400')
        .send(await readFile(fileURLToPath(locate()))),
    )
  }
}
