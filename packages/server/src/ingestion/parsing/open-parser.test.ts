import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../../test/support/start-test-app.ts'
import { BlockReader } from '../../retrieval/words/segment-blocks.ts'
import { ParseFailure } from '../parsers/parse-failure.ts'
import { openParser, type Parser, type ParserOptions } from './open-parser.ts'
import { parseFolder } from './parse-folder.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quory-parser-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = (options: Partial<ParserOptions> = {}) =>
  openParser({ folders: [folder], processes: 1, maxMemoryMb: 256, ...options })

async function parse(parser: Parser, content: string | Uint8Array, { fileName = 'a.txt', timeoutMs = 60_000 } = {}) {
  const path = join(await mkdtemp(join(folder, 'f')), 'upload')
  await writeFile(path, content)
  return await parser.parse({ path, fileName, timeoutMs, signal: new AbortController().signal })
}

/** The parsing processes that may read this test's folder, by their ids. */
async function processes(): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')))
  return ids.filter((_, index) => lines[index]?.includes(`--allow-fs-read=${folder}`))
}

/** Sentences of many words, which take a second to analyse, and come back in several pieces of every kind. */
const slowText = Array.from({ length: 35_000 }, (_, i) => `word${i} follows ${i}.`).join(' ')

describe('a parser', () => {
  it('reads file after file in one process, and replaces it after so many', async () => {
    await using parser = open({ filesPerProcess: 3 })
    const seen: string[] = []
    for (let file = 0; file < 4; file++) {
      expect((await parse(parser, `File ${file}.`)).text).toBe(`File ${file}.`)
      seen.push(...(await processes()))
    }
    // After the third file there is none; the fourth starts the next.
    expect([seen.length, new Set(seen).size]).toEqual([3, 2])
  })

  it('goes on with the same process after a file of a kind it cannot read, not after a damaged one', async () => {
    await using parser = open()
    await parse(parser, 'Good.')
    const before = await processes()
    await expect(parse(parser, 'text', { fileName: 'a.pdf' })).rejects.toMatchObject({ reason: 'misnamed' })
    expect(await processes()).toEqual(before)
    await expect(parse(parser, '%PDF-1.7 nothing', { fileName: 'a.pdf' })).rejects.toMatchObject({ reason: 'damaged' })
    expect(await processes()).toEqual([])
  })

  it('loses only the file whose process crashes or hangs', async () => {
    await using parser = open({ processes: 2 })
    const signal = new AbortController().signal
    const outcomes = await Promise.allSettled([
      parser.parse({ path: join(folder, 'nowhere'), fileName: 'a.txt', timeoutMs: 60_000, signal }),
      parse(parser, slowText, { timeoutMs: 300 }),
      ...Array.from({ length: 6 }, (_, i) => parse(parser, `Good ${i}.`)),
    ])
    expect(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.text : outcome.reason.reason)),
    ).toEqual(['crashed', 'time_out', ...Array.from({ length: 6 }, (_, i) => `Good ${i}.`)])
  })

  it('reads no file outside its folders', async () => {
    await using parser = open()
    const path = join(tmpdir(), `quory-outside-${process.pid}`)
    await writeFile(path, 'secret')
    try {
      const signal = new AbortController().signal
      const outcome = parser.parse({ path, fileName: 'a.txt', timeoutMs: 60_000, signal })
      await expect(outcome).rejects.toMatchObject({ reason: 'crashed', cause: { message: /ERR_ACCESS_DENIED/ } })
    } finally {
      await rm(path)
    }
  })

  it('lets a process without work end', async () => {
    await using parser = open({ idleMs: 50 })
    await parse(parser, 'One.')
    await until(processes, (ids) => ids.length === 0)
    expect((await parse(parser, 'Two.')).text).toBe('Two.')
  })

  it('starts anew when an idle process was killed', async () => {
    await using parser = open()
    await parse(parser, 'One.')
    const [id] = await processes()
    process.kill(Number(id), 'SIGKILL')
    expect((await parse(parser, 'Two.')).text).toBe('Two.')
  })

  it('gives up its place in the queue when nobody waits for the file any more', async () => {
    await using parser = open()
    const running = parse(parser, slowText)
    const controller = new AbortController()
    const path = join(folder, 'later')
    await writeFile(path, 'Later.')
    const waiting = parser.parse({ path, fileName: 'a.txt', timeoutMs: 60_000, signal: controller.signal })
    const last = parse(parser, 'Last.')
    controller.abort(new Error('shutting down'))
    await expect(waiting).rejects.toThrow('shutting down')
    expect((await running).length).toBe(slowText.length)
    expect((await last).text).toBe('Last.')
  })

  it('reads a file that somebody waits for before the others, and now and then one of those', async () => {
    await using parser = open()
    const order: string[] = []
    const read = async (name: string, isAwaited: boolean) => {
      const path = join(folder, name)
      const signal = new AbortController().signal
      await parser.parse({ path, fileName: 'a.txt', timeoutMs: 60_000, signal, isAwaited })
      order.push(name)
    }
    const synced = ['s0', 's1', 's2']
    const uploaded = ['u0', 'u1', 'u2', 'u3', 'u4', 'u5']
    for (const name of [...synced, ...uploaded]) await writeFile(join(folder, name), `File ${name}.`)
    await Promise.all([...synced.map((name) => read(name, false)), ...uploaded.map((name) => read(name, true))])
    expect(order).toEqual(['s0', 'u0', 'u1', 'u2', 'u3', 's1', 'u4', 'u5', 's2'])
  })

  it('ends everything under way when it is closed', async () => {
    const parser = open({ processes: 2 })
    const running = [parse(parser, slowText), parse(parser, slowText), parse(parser, 'waiting')]
    const ended = Promise.allSettled(running)
    await until(processes, (ids) => ids.length === 2)
    await parser[Symbol.asyncDispose]()
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(await processes()).toEqual([])
  })

  it('gives a large document whole: passages are slices of the text, index complete', async () => {
    await using parser = open()
    const parsed = await parse(parser, slowText)
    expect(parsed.text).toBe(slowText)
    expect(parsed.passages.length).toBeGreaterThan(500)
    for (const passage of parsed.passages) expect(parsed.text.slice(passage.start, passage.end)).toBe(passage.text)
    expect(parsed.index.blocks.length).toBeGreaterThan(250)
    const last = parsed.index.blocks.at(-1)
    expect(new BlockReader(last?.entries ?? new Uint8Array()).next()).toBe(true)
  })

  it('reads a folder, bad files included', async () => {
    await using parser = open({ processes: 2 })
    await Promise.all(Array.from({ length: 20 }, (_, i) => writeFile(join(folder, `${i}.txt`), `File ${i}.`)))
    await writeFile(join(folder, 'bad.pdf'), 'no PDF')
    const found = new Map<string, string>()
    const signal = new AbortController().signal
    await parseFolder({ parser, folder, concurrency: 2, timeoutMs: 60_000, signal }, ({ name, outcome }) => {
      found.set(name, outcome instanceof ParseFailure ? outcome.reason : outcome.text)
    })
    expect(found.get('bad.pdf')).toBe('misnamed')
    expect(found.size).toBe(21)
    expect(found.get('7.txt')).toBe('File 7.')
  })
})
