import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { docxParagraph, makeDocx, makeTar, makeZip } from '../../../test/fixtures/make-files.ts'
import { type UnpackRequest, unpackArchive } from './unpack-archive.ts'
import type { ArchiveLimits } from './unpacking.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'quory-unpack-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

const generous: ArchiveLimits = {
  maxMembers: 1_000,
  maxTotalBytes: 200_000_000,
  maxMemberBytes: 100_000_000,
  maxRatio: 200,
}

async function unpack(
  bytes: Uint8Array,
  fileName: string,
  limits: Partial<ArchiveLimits> = {},
  more: Partial<UnpackRequest> = {},
) {
  const path = join(await mkdtemp(join(root, 'in-')), 'upload')
  await writeFile(path, bytes)
  const folder = await mkdtemp(join(root, 'out-'))
  const signal = new AbortController().signal
  const request = { path, fileName, folder, limits: { ...generous, ...limits }, timeoutMs: 60_000, signal, ...more }
  const archive = await unpackArchive(request)
  if (archive === undefined) return undefined
  const texts = await Promise.all(
    archive.members.map(async ({ name, path }) => [name, await readFile(path, 'utf8')] as const),
  )
  return { ...archive, texts: Object.fromEntries(texts), folder }
}

const files = { 'a.txt': 'first', 'b/c.md': '# second', 'b/': '' }

describe('an archive is unpacked into its files', () => {
  it.each([
    ['zip', 'all.zip', makeZip(files)],
    ['tar', 'all.tar', makeTar(files)],
    ['tar.gz', 'all.tgz', gzipSync(makeTar(files))],
    ['tar.zst', 'all.tar.zst', zstdCompressSync(makeTar(files))],
  ])('of %s', async (_kind, name, bytes) => {
    const archive = await unpack(bytes, name)
    expect(archive).toMatchObject({ texts: { 'a.txt': 'first', 'b/c.md': '# second' }, skipped: [], warnings: [] })
    expect(archive?.members.map(({ size }) => size)).toEqual([5, 8])
  })

  it('of one packed file', async () => {
    expect((await unpack(gzipSync('lines'), 'server.log.gz'))?.texts).toEqual({ 'server.log': 'lines' })
  })

  it('and of the archives right inside it, no deeper', async () => {
    const deep = makeZip({ 'deep.txt': 'too deep' })
    const inner = makeZip({ 'in.txt': 'inner', 'deep.zip': deep })
    const archive = await unpack(makeZip({ 'x/more.zip': inner, 'y.tar.gz': gzipSync(makeTar(files)) }), 'all.zip')
    expect(archive?.texts).toEqual({
      'x/more.zip/in.txt': 'inner',
      'y.tar.gz/a.txt': 'first',
      'y.tar.gz/b/c.md': '# second',
    })
    expect(archive?.skipped).toEqual([
      { name: 'x/more.zip/deep.zip', reason: 'It is an archive in an archive in an archive, which is not unpacked.' },
    ])
    expect(await readdir(archive?.folder ?? '')).toHaveLength(3)
  })

  it('while a document is left whole, under whatever name', async () => {
    const letter = makeDocx(docxParagraph('Dear all'))
    expect(await unpack(letter, 'letter.docx')).toBeUndefined()
    expect(await unpack(letter, 'letter.zip')).toBeUndefined()
    const archive = await unpack(makeZip({ 'letter.docx': letter, 'misnamed.zip': letter }), 'all.zip')
    expect(archive?.members.map(({ name }) => name)).toEqual(['letter.docx', 'misnamed.zip'])
    const open = makeZip({ mimetype: 'application/vnd.oasis.opendocument.text', 'content.xml': '<a/>' })
    expect(await unpack(open, 'letter.zip')).toBeUndefined()
    // As a site or a program writes it out: a file like any other.
    const plain = makeZip({ 'content.xml': '<a/>', 'notes.txt': 'first' })
    expect((await unpack(plain, 'export.zip'))?.texts).toEqual({ 'content.xml': '<a/>', 'notes.txt': 'first' })
  })

  it('and names in other encodings are read, clutter left out, equal names told apart', async () => {
    const names = { 'Übersicht.txt': '1', '__MACOSX/._x': '', '.DS_Store': '', 'win\\path.txt': '2' }
    const archive = await unpack(makeZip(names), 'all.zip')
    expect(archive?.texts).toEqual({ 'Übersicht.txt': '1', 'win/path.txt': '2' })
    const german = await unpack(withRawName(makeZip({ 'Xbersicht.txt': '1' }), 'X', 0x9a), 'old.zip')
    expect(german?.texts).toEqual({ 'Übersicht.txt': '1' })
    const twice = await unpack(
      Buffer.concat([makeTar({ 'a.txt': '1' }).subarray(0, 1024), makeTar({ 'a.txt': '2' })]),
      'a.tar',
    )
    expect(twice?.texts).toEqual({ 'a.txt': '1', 'a (2).txt': '2' })
  })
})

/** The same archive with one byte of a name replaced, and no word on its encoding. */
function withRawName(zip: Uint8Array, letter: string, byte: number): Uint8Array {
  const copy = Buffer.from(zip)
  for (const [signature, nameAt, flagAt] of [
    ['PK\x03\x04', 30, 6],
    ['PK\x01\x02', 46, 8],
  ] as const) {
    const at = copy.indexOf(signature)
    copy.writeUInt16LE(copy.readUInt16LE(at + flagAt) & ~0x800, at + flagAt)
    copy[copy.indexOf(letter, at + nameAt)] = byte
  }
  return copy
}

function positionsOf(bytes: Buffer, signature: string): number[] {
  const positions: number[] = []
  for (let at = bytes.indexOf(signature); at !== -1; at = bytes.indexOf(signature, at + 1)) positions.push(at)
  return positions
}

describe('a member that cannot be taken is named with the reason', () => {
  it.each(['../evil.txt', '/etc/passwd', 'a/../../evil.txt', 'C:\\evil.txt', '..\\evil.txt'])('as %s', async (name) => {
    for (const bytes of [makeZip({ [name]: 'x', 'good.txt': 'good' }), makeTar({ [name]: 'x', 'good.txt': 'good' })]) {
      const archive = await unpack(bytes, 'all')
      expect(archive?.texts).toEqual({ 'good.txt': 'good' })
      expect(archive?.skipped).toMatchObject([{ reason: 'Its path leads out of the archive.' }])
      expect(await readdir(archive?.folder ?? '')).toEqual(['0'])
    }
  })

  it('as links are', async () => {
    const tar = makeTar({ link: { linkTo: '/etc/passwd' }, 'good.txt': 'good' })
    expect(await unpack(tar, 'all.tar')).toMatchObject({
      texts: { 'good.txt': 'good' },
      skipped: [{ name: 'link', reason: 'It is a link or device, not a file.' }],
    })
    const zip = Buffer.from(makeZip({ link: '/etc/passwd', 'good.txt': 'good' }))
    const entry = zip.indexOf('PK\x01\x02')
    zip.writeUInt16LE(0x0314, entry + 4)
    zip.writeUInt32LE((0o120777 << 16) >>> 0, entry + 38)
    expect((await unpack(zip, 'all.zip'))?.skipped).toEqual([
      { name: 'link', reason: 'It is a link or device, not a file.' },
    ])
  })

  it('as what is protected, damaged or too large', async () => {
    const zip = Buffer.from(
      makeZip({ 'a.txt': 'secret secret secret', 'b.txt': 'b'.repeat(3_000), 'c.txt': 'c', 'd.txt': 'd'.repeat(100) }),
    )
    const entries = positionsOf(zip, 'PK\x01\x02')
    zip.writeUInt16LE(zip.readUInt16LE((entries[0] ?? 0) + 8) | 1, (entries[0] ?? 0) + 8)
    // Zero instead of the packed bytes of the last.
    const last = zip.indexOf('PK\x03\x04', zip.readUInt32LE((entries[3] ?? 0) + 42))
    zip.fill(0xff, last + 35, last + 38)
    expect(await unpack(zip, 'all.zip', { maxMemberBytes: 1_000 })).toMatchObject({
      texts: { 'c.txt': 'c' },
      skipped: [
        { name: 'a.txt', reason: 'It is protected with a password.' },
        { name: 'b.txt', reason: expect.stringMatching(/^It is larger than/) },
        { name: 'd.txt', reason: 'It is damaged and cannot be unpacked.' },
      ],
    })
  })
})

describe('an archive is refused', () => {
  const zeros = Buffer.alloc(60_000_000)
  it.each([
    ['that unpacks to far more than its size', gzipSync(zeros), 'zeros.gz', {}, 'too_large', /ZIP bomb/],
    ['that holds such a one', makeZip({ 'a.zip': makeZip({ zeros }) }), 'a.zip', {}, 'too_large', /ZIP bomb/],
    ['that is too large', makeTar(files), 'a.tar', { maxTotalBytes: 10 }, 'too_large', /more than 0 MB/],
    ['of too many files', makeZip(files), 'a.zip', { maxMembers: 1 }, 'too_large', /more than 1 files/],
    ['that is empty', makeZip({}), 'a.zip', {}, 'empty', /no files/],
    ['that was cut off', makeZip(files).subarray(0, 80), 'a.zip', {}, 'damaged', /cut off/],
    ['whose gzip is broken', gzipSync('x'.repeat(1000)).subarray(0, 12), 'a.gz', {}, 'damaged', /cut off/],
  ] as const)('%s', async (_what, bytes, name, limits, reason, words) => {
    await expect(unpack(bytes, name, limits)).rejects.toMatchObject({ reason, message: expect.stringMatching(words) })
  })

  it('of which everything is protected', async () => {
    const zip = Buffer.from(makeZip({ 'a.txt': 'x' }))
    const at = zip.indexOf('PK\x01\x02')
    zip.writeUInt16LE(zip.readUInt16LE(at + 8) | 1, at + 8)
    await expect(unpack(zip, 'a.zip')).rejects.toMatchObject({ reason: 'protected' })
  })

  it('that takes too long, or when nobody waits any more', async () => {
    await expect(unpack(makeZip(files), 'a.zip', {}, { timeoutMs: 1 })).rejects.toMatchObject({ reason: 'time_out' })
    const signal = AbortSignal.timeout(20)
    await expect(unpack(makeZip(files), 'a.zip', {}, { signal })).rejects.toThrow('timeout')
  })
})

it('a tar archive that was cut off gives the files before, and says so', async () => {
  const whole = gzipSync(
    makeTar({ 'a.txt': 'first', 'b.txt': Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * 7919) % 251)) }),
  )
  const archive = await unpack(whole.subarray(0, whole.length - 200), 'a.tgz')
  expect(archive?.texts).toEqual({ 'a.txt': 'first' })
  expect(archive?.warnings).toEqual(['The archive is damaged or was cut off: what it held after that is missing.'])
})
