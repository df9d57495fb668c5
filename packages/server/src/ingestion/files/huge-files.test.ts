import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePdf, pdfPage } from '../../../test/fixtures/make-files.ts'
import { openParser, type Parser } from '../parsing/open-parser.ts'

let folder: string
let parser: Parser
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quory-huge-'))
  // As the server opens it: whatever takes more than a gigabyte is ended and fails the test.
  parser = openParser({ folders: [folder], processes: 1, maxMemoryMb: 512 })
})
afterAll(async () => {
  await parser[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function parse(fileName: string, pieces: Iterable<string | Uint8Array>) {
  const path = join(folder, fileName)
  await pipeline(Readable.from(pieces), createWriteStream(path))
  return await parser.parse({ path, fileName, timeoutMs: 300_000, signal: new AbortController().signal })
}

function* repeat(piece: string, count: number): Generator<string> {
  for (let i = 0; i < count; i++) yield piece
}

describe('a huge file gives its text or a reason, in the memory and time of any other', { timeout: 300_000 }, () => {
  it('a page of 50 MB', async () => {
    const style = 'color: red; '.repeat(1_000)
    const paragraphs = Array.from({ length: 4_200 }, (_, i) => `<p style="${style}">Paragraph ${i} of the page.</p>\n`)
    const parsed = await parse('large.html', ['<title>Large</title>', ...paragraphs])
    expect(parsed.title).toBe('Large')
    expect(parsed.text).toMatch(/^Paragraph 0 of the page\.\n\nParagraph 1 of/)
    expect(parsed.text).toMatch(/Paragraph 4199 of the page\.$/)
  })

  it('a PDF of 5,000 pages', async () => {
    const pages = Array.from({ length: 5_000 }, (_, i) =>
      pdfPage([`Number ${'one two three four'.split(' ')[i % 4]}: ${i}`]),
    )
    const parsed = await parse('large.pdf', [makePdf(pages)])
    expect(parsed.passages.at(-1)?.page).toBe(5_000)
  })

  it('one line of 200 MB', async () => {
    const line = parse('line.txt', repeat('x'.repeat(1_000_000), 200))
    await expect(line).rejects.toMatchObject({ reason: 'too_large', message: expect.stringMatching(/50 million/) })
  })

  it.each([
    ['a.html', '<div>'.repeat(200_000)],
    ['a.json', '['.repeat(1_000_000) + ']'.repeat(1_000_000)],
    ['a.xml', '<a>'.repeat(1_000_000)],
  ])('%s that nests without end', async (name, content) => {
    const outcome = parse(name, [content])
    await expect(outcome).rejects.toMatchObject({ reason: 'damaged', message: expect.stringMatching(/nests/) })
  })
})
