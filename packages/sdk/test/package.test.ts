import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { runInNewContext } from 'node:vm'
import { rolldown } from 'rolldown'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, until } from '../../server/test/support/start-test-app.ts'

const folder = join(import.meta.dirname, '..')
const root = join(folder, '../..')
const run = promisify(execFile)
const path = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`
const examples = ['ask', 'watch', 'refusals'] as const

/** A program of somebody who installed what would be published. */
describe('the published package', () => {
  let place: string
  let output: string
  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'quory-sdk-'))
    output = join(place, 'node_modules/@quory/sdk')
    mkdirSync(output, { recursive: true })
    await run(process.execPath, [join(root, 'scripts/build-sdk.mjs'), output])
    for (const name of ['eventsource-parser', 'openapi-fetch', 'openapi-typescript-helpers', '@types']) {
      symlinkSync(join(root, 'node_modules', name), join(place, 'node_modules', name))
    }
    for (const name of examples) {
      writeFileSync(join(place, `${name}.ts`), readFileSync(join(folder, `examples/${name}.ts`)))
    }
    writeFileSync(join(place, 'package.json'), '{ "type": "module" }')
  }, 120_000)
  afterAll(() => rmSync(place, { recursive: true, force: true }))

  it('holds the compiled sources with their declarations, and nothing else', async () => {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--offline'], {
      cwd: output,
      env: { PATH: path, HOME: place },
    })
    const files: string[] = JSON.parse(stdout)[0].files.map(({ path }: { path: string }) => path)
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'quory.js', 'quory.d.ts']))
    const others = files.filter((file) => !/^[a-z-]+(\.js|\.d\.ts)$/.test(file))
    expect(others.toSorted()).toEqual(['LICENSE', 'README.md', 'package.json'])
    expect(files.filter((file) => file.includes('test'))).toEqual([])
    const manifest = JSON.parse(readFileSync(join(output, 'package.json'), 'utf8'))
    expect(manifest.exports).toEqual({ '.': { types: './quory.d.ts', default: './quory.js' } })
    expect(manifest).not.toHaveProperty('private')
  })

  it('says of everything it exports what that is', () => {
    const entry = join(output, 'quory.d.ts')
    const program = ts.createProgram([entry], { module: ts.ModuleKind.NodeNext, types: [], noEmit: true })
    const checker = program.getTypeChecker()
    const source = program.getSourceFile(entry)
    const entries = source === undefined ? undefined : checker.getSymbolAtLocation(source)
    const exported = entries === undefined ? [] : checker.getExportsOfModule(entries)
    const own = exported
      .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
      .filter((symbol) => symbol.declarations?.[0]?.getSourceFile().fileName.endsWith('/schema.d.ts') === false)
    expect(own.length).toBeGreaterThan(14)
    const silent = own.filter((symbol) => symbol.getDocumentationComment(checker).length === 0)
    expect(silent.map(({ name }) => name)).toEqual([])
  })

  it('is typed for programs that know nothing of a page', async () => {
    const typescript = join(root, 'node_modules/typescript/bin/tsc')
    const strict = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext']
    const files = examples.map((name) => `${name}.ts`)
    const surroundings = ['--types', 'node', '--lib', 'es2023']
    await run(process.execPath, [typescript, ...strict, ...surroundings, ...files], { cwd: place })
  }, 120_000)

  it('runs in browsers: one file with nothing of Node in it', async () => {
    await using bundle = await rolldown({
      input: join(output, 'quory.js'),
      platform: 'browser',
      cwd: root,
      onwarn: (warning) => {
        throw new Error(warning.message)
      },
    })
    const { output: chunks } = await bundle.generate({ format: 'iife', name: 'sdk', minify: true })
    const [chunk] = chunks
    expect(chunks).toHaveLength(1)
    expect(chunk.imports).toEqual([])
    expect(chunk.code).not.toMatch(/node:|\brequire\(|\bBuffer\b/)
    expect(chunk.code.length).toBeLessThan(30_000)
    // With what a page has alone.
    const asked: string[] = []
    const page = {
      location: { href: 'https://quory.example/chats/1' },
      fetch: async (request: Request) => {
        asked.push(request.url)
        return Response.json({ status: 'ok' })
      },
      ...{ Request, Response, Headers, URL, AbortController, AbortSignal },
      ...{ TransformStream, TextDecoderStream, setTimeout, clearTimeout },
    }
    await runInNewContext(`${chunk.code}; sdk.createQuory().request('/health')`, page)
    expect(asked).toEqual(['https://quory.example/health'])
  })

  it('does what its README shows', async () => {
    const readme = readFileSync(join(folder, 'README.md'), 'utf8')
    const shown = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code)
    expect(shown).toEqual(examples.map((name) => readFileSync(join(folder, `examples/${name}.ts`), 'utf8')))
    await using app = await startTestApp()
    const env = { QUORY_URL: app.url, QUORY_KEY: app.adminKey }
    const program = (name: (typeof examples)[number]) => ['--no-warnings', join(place, `${name}.ts`)]
    const watching = execFile(process.execPath, program('watch'), { env })
    let watched = ''
    watching.stdout?.on('data', (text) => (watched += text))
    try {
      await until(
        async () => watched,
        (text) => text.includes('fetch the lists anew'),
      )
      const asked = await run(process.execPath, program('ask'), { env })
      expect(asked.stdout).toMatch(/^completed .*28 days of holiday.*\n\[1\] handbook\.md\n$/s)
      await until(
        async () => watched,
        (text) => text.includes('Holidays changed') && text.includes('an answer ended as completed'),
      )
    } finally {
      watching.kill()
    }
    const refused = await run(process.execPath, program('refusals'), { env })
    expect(refused.stdout).toMatch(/^404 project_not_found /)
  }, 60_000)
})
