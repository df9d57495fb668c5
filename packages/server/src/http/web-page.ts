import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { QuoryError } from '../errors.ts'
import type { Server } from './validation.ts'

/**
 * What the page may do: run the scripts that came with it and talk to this server. Text of models and documents that
 * smuggles in a script, a frame or an image from elsewhere gets nowhere, whatever the page makes of it.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  // Components place and size themselves by style attributes.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.png': 'image/png',
  '.bcmap': 'application/octet-stream',
  '.pfb': 'application/octet-stream',
  '.icc': 'application/vnd.iccprofile',
  '.md': 'text/markdown; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
}

interface WebFile {
  readonly path: string
  readonly mediaType: string
  readonly caching: string
  readonly encodings: readonly string[]
}

/**
 * The built page. Only files that were there at the start are served, each by its exact name, so no address leads
 * anywhere else. Without a build the server is an API alone.
 */
export async function registerWebPage(server: Server, { folder }: { readonly folder: string }): Promise<void> {
  const files = await listFiles(folder)
  const page = files.get('/index.html')
  if (page === undefined) return
  const send = async (request: FastifyRequest, reply: FastifyReply) => {
    const file = files.get(pathOf(request))
    if (file === undefined || file === page) throw new QuoryError('route_not_found', 'Not Found')
    return await sendFile(request, reply, file)
  }
  // One route for all files of a folder: a route for each of hundreds would take longer than the rest of the start.
  const routes = new Set([...files.keys()].map((path) => path.replace(/^(\/[^/]+\/).*/, '$1*')))
  routes.delete('/index.html')
  for (const route of routes) server.get(route, { config: { isPublic: true }, schema: { hide: true } }, send)
  server.addHook('onRequest', async (request, reply) => {
    if (!asksForPage(request)) return
    reply
      .header('content-security-policy', contentSecurityPolicy)
      .header('referrer-policy', 'no-referrer')
      .header('x-frame-options', 'DENY')
      .header('cross-origin-opener-policy', 'same-origin')
    await sendFile(request, reply, page)
    return reply
  })
}

/** Where a route stands for a folder, the file in it. */
function pathOf({ routeOptions, params }: FastifyRequest): string {
  const { '*': rest = '' } = params as { readonly '*'?: string }
  return (routeOptions.url ?? '').replace('*', () => rest)
}

/** A person's browser that opens an address of the page: every address that is no route of the API. */
function asksForPage(request: FastifyRequest): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  if (request.headers.accept?.includes('text/html') !== true) return false
  const path = request.url.split('?')[0]
  return path === '/' || (request.is404 && path?.startsWith('/v1/') === false && !path.startsWith('/assets/'))
}

async function sendFile(request: FastifyRequest, reply: FastifyReply, file: WebFile) {
  const accepted = request.headers['accept-encoding'] ?? ''
  const encoding = file.encodings.find((name) => accepted.includes(name))
  const suffix = encoding === 'br' ? '.br' : encoding === 'gzip' ? '.gz' : ''
  if (encoding !== undefined) reply.header('content-encoding', encoding)
  return await reply
    .type(file.mediaType)
    .header('cache-control', file.caching)
    .header('vary', 'accept, accept-encoding')
    .send(await readFile(file.path + suffix))
}

async function listFiles(folder: string): Promise<ReadonlyMap<string, WebFile>> {
  const paths = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const names = new Set(
    paths
      .filter((entry) => entry.isFile())
      .map((entry) => `/${relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/')}`),
  )
  const files = new Map<string, WebFile>()
  for (const name of names) {
    const mediaType = mediaTypes[extname(name)]
    if (mediaType === undefined) continue
    const encodings = ['br', 'gzip'].filter((encoding) => names.has(`${name}.${encoding === 'br' ? 'br' : 'gz'}`))
    files.set(name, { path: join(folder, name), mediaType, caching: cachingOf(name), encodings })
  }
  return files
}

function cachingOf(name: string): string {
  if (name === '/index.html') return 'no-cache'
  // Their names hold a hash of what is in them.
  return name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'public, max-age=3600'
}
