import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { docxParagraph, makeDocx, makePdf, pdfPage } from '../../../test/fixtures/make-files.ts'
import { findInBlock } from '../../retrieval/words/segment-blocks.ts'
import { parseFile } from './parse-file.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quory-parse-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function parse(bytes: Uint8Array | string, change: Partial<Parameters<typeof parseFile>[0]> = {}) {
  // The path says nothing, as in the data folder; the name is the user's.
  const path = join(folder, 'upload')
  await writeFile(path, bytes)
  const signal = new AbortController().signal
  return parseFile({ path, fileName: 'a.txt', timeoutMs: 60_000, maxMemoryMb: 256, signal, ...change })
}

describe('a file read in a process of its own', () => {
  it('comes back as text, passages and postings', async () => {
    const parsed = await parse('Die Pumpe 🙂 läuft seit gestern nicht mehr.\n\nSie wird morgen ausgetauscht.')
    expect(parsed).toMatchObject({ format: 'text', mediaType: 'text/plain', language: 'de', warnings: [], length: 73 })
    const [passage] = parsed.passages
    // Ranges count code points: the picture is one.
    expect(passage).toMatchObject({ start: 0, end: parsed.length })
    const [block] = parsed.index.blocks
    expect(block?.entries).toBeInstanceOf(Uint8Array)
    expect(findInBlock(block?.entries ?? new Uint8Array(), 'pump')).toBeDefined()
  })

  it('comes back with page, title and warnings of a PDF', async () => {
    const bytes = makePdf([[], pdfPage(['The valve must be closed before the pump is opened.'])])
    const parsed = await parse(bytes, { fileName: 'manual.pdf' })
    expect(parsed.passages).toMatchObject([{ page: 2, text: 'The valve must be closed before the pump is opened.' }])
    expect(parsed.warnings).toEqual(['No text layer on page 1: scanned or empty.'])
  })

  it('is refused for the reason the parser found', async () => {
    await expect(parse('hello', { fileName: 'a.pdf' })).rejects.toMatchObject({
      name: 'ParseFailure',
      reason: 'misnamed',
    })
  })

  it('is given up when it takes too long', async () => {
    await expect(parse('hello', { timeoutMs: 1 })).rejects.toMatchObject({ reason: 'time_out' })
  })

  it('is given up when it takes too much memory', async () => {
    const bytes = makeDocx(docxParagraph('Some words and more of them. ').repeat(400_000))
    await expect(parse(bytes, { fileName: 'a.docx', maxMemoryMb: 40 })).rejects.toMatchObject({
      reason: 'out_of_memory',
    })
  })

  it('is given up when the process dies', async () => {
    const signal = new AbortController().signal
    const request = { path: join(folder, 'nowhere'), fileName: 'a.txt', timeoutMs: 60_000, maxMemoryMb: 256, signal }
    await expect(parseFile(request)).rejects.toMatchObject({ reason: 'crashed', cause: { message: /ENOENT/ } })
  })

  it('is left alone when the caller stops waiting', async () => {
    const controller = new AbortController()
    const parsing = parse('hello', { signal: controller.signal })
    controller.abort(new Error('shutting down'))
    await expect(parsing).rejects.toThrow('shutting down')
    await expect(parse('hello', { signal: controller.signal })).rejects.toThrow('shutting down')
  })
})
