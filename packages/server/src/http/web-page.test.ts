import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type FastifyError, fastify } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sendProblem } from './problem.ts'
import type { Server } from './validation.ts'
import { registerWebPage } from './web-page.ts'

const files = {
  'secret.js': 'outside',
  'web/index.html': '<title>Quory</title>',
  'web/icon.svg': '<svg/>',
  'web/assets/main-1a2b.js': 'run()',
  'web/assets/main-1a2b.js.br': 'brotli',
  'web/assets/main-1a2b.js.gz': 'gzip',
  'web/pdf/maps/a b.bcmap': 'map',
  'web/assets/notes.unknown': 'of no type',
}

describe('the built page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quory-page-'))
  const server = fastify()
  server.setErrorHandler((error, request, reply) => sendProblem(error as FastifyError, request, reply))

  beforeAll(async () => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), content)
    }
    await registerWebPage(server as unknown as Server, { folder: join(folder, 'web') })
  })

  afterAll(async () => {
    await server.close()
    rmSync(folder, { recursive: true })
  })

  it.each([
    ['/icon.svg', {}, '<svg/>', 'image/svg+xml', 'public, max-age=3600'],
    ['/assets/main-1a2b.js', {}, 'run()', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/main-1a2b.js?x=1', { 'accept-encoding': 'gzip, deflate' }, 'gzip', /javascript/, /immutable/],
    ['/assets/main-1a2b.js', { 'accept-encoding': 'gzip, br' }, 'brotli', /javascript/, /immutable/],
    ['/pdf/maps/a%20b.bcmap', {}, 'map', 'application/octet-stream', 'public, max-age=3600'],
    ['/', { accept: 'text/html' }, '<title>Quory</title>', /html/, 'no-cache'],
    ['/chats/any', { accept: 'text/html' }, '<title>Quory</title>', /html/, 'no-cache'],
  ])('%s with %o is what was built', async (url, headers, body, type, caching) => {
    const response = await server.inject({ url, headers })
    expect([response.statusCode, response.body]).toEqual([200, body])
    expect(response.headers['content-type']).toMatch(type)
    expect(response.headers['cache-control']).toMatch(caching)
    const head = await server.inject({ method: 'HEAD', url, headers })
    expect([head.statusCode, head.body]).toEqual([200, ''])
  })

  it.each([
    '/secret.js',
    '/assets/../../secret.js',
    '/assets/..%2f..%2fsecret.js',
    '/assets/%2e%2e/%2e%2e/secret.js',
    '/assets/',
    '/assets/notes.unknown',
    '/assets/main-1a2b.js.br',
    '/pdf/../index.html',
    '/index.html',
    '/assets/__proto__',
  ])('%s is nothing', async (url) => {
    expect((await server.inject({ url })).statusCode).toBe(404)
  })
})
