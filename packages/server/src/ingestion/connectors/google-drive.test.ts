import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { failureOf } from '../../../test/support/failures.ts'
import { type GoogleDriveServer, startGoogleDriveServer } from '../../../test/support/google-drive-server.ts'
import { fetchListed, readListing } from '../../../test/support/listings.ts'
import { FileSkipped } from './connector.ts'
import { openGoogleDrive } from './google-drive.ts'

const google = 'application/vnd.google-apps.'
const folder = { mimeType: `${google}folder` }
const never = new AbortController().signal
let server: GoogleDriveServer
let root: string

beforeEach(async () => {
  server = await startGoogleDriveServer({ pageSize: 3 })
  root = server.put({ name: 'Handbook', ...folder })
})
afterEach(async () => await server[Symbol.asyncDispose]())

function open(configuration: Readonly<Record<string, string>> = {}) {
  return openGoogleDrive({ ...server.serviceAccount, folder_id: root, ...configuration }, { egress: server.egress })
}

function putTree() {
  const sub = server.put({ name: 'Rules', ...folder, parents: [root] })
  const deep = server.put({ name: 'Deep', ...folder, parents: [sub] })
  return {
    sub,
    deep,
    plain: server.put({ name: 'plain.txt', content: 'Plain text', parents: [root] }),
    document: server.put({ name: 'Holidays', mimeType: `${google}document`, content: 'docx bytes', parents: [sub] }),
    sheet: server.put({ name: 'Budget', mimeType: `${google}spreadsheet`, content: 'xlsx bytes', parents: [deep] }),
    form: server.put({ name: 'Survey', mimeType: `${google}form`, parents: [deep] }),
    elsewhere: server.put({ name: 'elsewhere.txt', content: 'Not in the folder' }),
    trashed: server.put({ name: 'trashed.txt', parents: [root], trashed: true }),
  }
}

test('lists the files of a folder and of the folders in it, page by page', async () => {
  const tree = putTree()
  for (let n = 0; n < 10; n++) server.put({ name: `${n}.txt`, content: `${n}`, parents: [root] })
  const listing = await readListing(await open())
  expect(listing).toMatchObject({ isFull: true, removed: [] })
  const names = listing.files.map(({ name }) => name).toSorted()
  expect(names).toEqual([
    ...Array.from({ length: 10 }, (_, n) => `${n}.txt`),
    'Budget.xlsx',
    'Holidays.docx',
    'Survey',
    'plain.txt',
  ])
  expect(listing.files.find(({ key }) => key === tree.plain)).toMatchObject({
    size: 10,
    mediaType: 'text/plain',
    url: `https://drive.google.com/file/d/${tree.plain}/view`,
    version: expect.stringMatching(/^[0-9a-f]{32}$/),
  })
})

test('takes the address of the folder as well as its id', async () => {
  putTree()
  const connector = await open({ folder_id: `https://drive.google.com/drive/folders/${root}?usp=sharing` })
  expect((await readListing(connector)).keys).toHaveLength(4)
})

test('reads a shared drive', async () => {
  const drive = server.put({ name: 'Team', ...folder, driveId: 'drive1' })
  const inside = server.put({ name: 'Plans', ...folder, driveId: 'drive1', parents: [drive] })
  server.put({ name: 'plan.txt', content: 'Plan', driveId: 'drive1', parents: [inside] })
  const listing = await readListing(await open({ folder_id: drive }))
  expect(listing.files.map(({ name }) => name)).toEqual(['plan.txt'])
})

test('lists only what changed since, what left the folder included', async () => {
  const tree = putTree()
  const connector = await open()
  const first = await readListing(connector)
  server.put({ id: tree.plain, name: 'plain.txt', content: 'Other text' })
  const added = server.put({ name: 'added.txt', content: 'New', parents: [tree.deep] })
  server.put({ id: tree.document, name: 'Holidays', parents: ['somewhere'] })
  server.remove(tree.sheet)
  server.remove(tree.form, { trash: true })
  server.put({ id: tree.elsewhere, name: 'elsewhere.txt', content: 'Still not in it' })
  const second = await readListing(connector, { cursor: first.cursor })
  expect(second.isFull).toBe(false)
  expect(second.keys).toEqual([added, tree.plain].toSorted())
  expect(second.removed.toSorted()).toEqual([tree.document, tree.sheet, tree.form, tree.elsewhere].toSorted())
  expect(await readListing(connector, { cursor: second.cursor })).toMatchObject({
    isFull: false,
    keys: [],
    removed: [],
  })
})

test.each([
  [
    'a folder moved',
    (tree: ReturnType<typeof putTree>) => void server.put({ id: tree.deep, name: 'Deep', parents: ['away'] }),
    2,
  ],
  ['the token is no longer known', () => server.expireTokens(), 4],
])('lists everything anew when %s', async (_, change, left) => {
  const tree = putTree()
  const connector = await open()
  const { cursor } = await readListing(connector)
  change(tree)
  const listing = await readListing(connector, { cursor })
  expect(listing.isFull).toBe(true)
  expect(listing.keys).toHaveLength(left)
})

test('follows shortcuts to files and folders, each once and around no circle', async () => {
  const { plain, elsewhere } = putTree()
  const other = server.put({ name: 'Other', ...folder })
  const inOther = server.put({ name: 'other.txt', content: 'Other', parents: [other] })
  const shortcut = (target: string, parent: string) =>
    server.put({ name: 'A shortcut', mimeType: `${google}shortcut`, target, parents: [parent] })
  shortcut(elsewhere, root)
  shortcut(plain, root)
  shortcut(other, root)
  shortcut(root, other)
  shortcut('gone', root)
  const listing = await readListing(await open())
  expect(listing.keys).toHaveLength(6)
  expect(listing.keys).toEqual(expect.arrayContaining([plain, elsewhere, inOther]))
  // Changes behind a shortcut are not told: the next listing is full.
  expect(listing.cursor).toBeNull()
})

test('fetches files as they are, and documents of Google as office files', async () => {
  putTree()
  const connector = await open()
  const listing = await readListing(connector)
  expect(await fetchListed(connector, listing, 'plain.txt')).toMatchObject({
    text: 'Plain text',
    fetched: { size: 10 },
  })
  expect(await fetchListed(connector, listing, 'Holidays.docx')).toMatchObject({ text: 'docx bytes' })
  expect(server.requests.find(({ path }) => path.endsWith('/export'))?.query.get('mimeType')).toBe(
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  )
  const known = listing.files.find(({ name }) => name === 'plain.txt')?.version ?? null
  expect((await fetchListed(connector, listing, 'plain.txt', { known })).fetched).toBe('unchanged')
})

test.each([
  ['a form', { name: 'it', mimeType: `${google}form` }, /cannot be exported \(form\)/],
  [
    'a document too large to export',
    { name: 'it.docx', mimeType: `${google}document`, content: 'x'.repeat(11_000_000) },
    /10 MB/,
  ],
  ['a file that may not be downloaded', { name: 'it', refusal: 'cannotDownloadFile' }, /owner does not let/],
  ['a file over the limit', { name: 'it', content: 'x'.repeat(2_000_000) }, /Larger than 1 MB/],
])('leaves out %s and says why', async (_, file, reason) => {
  server.put({ ...file, parents: [root] })
  const connector = await open()
  const fetched = fetchListed(connector, await readListing(connector), file.name)
  await expect(fetched).rejects.toThrow(reason)
  await expect(fetched).rejects.toBeInstanceOf(FileSkipped)
})

test('a file deleted between listing and fetching is left out', async () => {
  const { plain } = putTree()
  const connector = await open()
  const listing = await readListing(connector)
  server.remove(plain)
  await expect(fetchListed(connector, listing, 'plain.txt')).rejects.toBeInstanceOf(FileSkipped)
})

test('says what was found', async () => {
  putTree()
  expect(await (await open()).check(never)).toBe('The folder “Handbook” has 1 file and 1 folder in it.')
})

test.each([
  [{ folder_id: 'unknown' }, /no folder unknown, or it is not shared with reader@/],
  [{ folder_id: "x' or '1" }, /no folder's id/],
  [{ private_key: 'not a key' }, /private_key is no private key/],
  [
    { client_email: 'other@quory-test.iam.gserviceaccount.com' },
    /does not accept the key of other@.*Invalid JWT Signature/,
  ],
])('says what is wrong: %j', async (configuration, reason) => {
  const error = await failureOf(open(configuration).then((connector) => connector.check(never)))
  expect(error).toMatchObject({ isPassing: false })
  expect(error.message).toMatch(reason)
})

test('a key of somebody else is refused, and stands in no error', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const error = await failureOf((await open({ private_key: key })).check(never))
  expect(error.message).toMatch(/does not accept the key/)
  expect(`${error.message}${error.stack}`).not.toContain(key.slice(40, 80))
})

test.each([
  [
    {
      status: 403,
      body: { error: { errors: [{ reason: 'userRateLimitExceeded' }], code: 403, message: 'Rate limit' } },
    },
    true,
    /fewer requests/,
  ],
  [{ status: 500, body: 'Oops' }, true, /out of order/],
  [
    {
      status: 403,
      body: { error: { errors: [{ reason: 'accessNotConfigured' }], code: 403, message: 'Not used before' } },
    },
    false,
    /not enabled/,
  ],
])('tells what passes from what does not: %j', async (fault, isPassing, reason) => {
  server.play(({ path }) => (path === '/token' ? undefined : fault))
  const error = await failureOf((await open()).check(never))
  expect(error).toMatchObject({ isPassing })
  expect(error.message).toMatch(reason)
})

test('gives up at once when it is told to, while it waits for a token too', async () => {
  for (const hanging of ['/token', '/drive/']) {
    server.play(({ path }) => (path.startsWith(hanging) ? 'hang' : undefined))
    const controller = new AbortController()
    const checked = (await open()).check(controller.signal)
    setTimeout(() => controller.abort(new Error('told to')), 50)
    await expect(checked).rejects.toThrow('told to')
  }
})

test('a file that breaks off may be tried again', async () => {
  server.put({ name: 'it.txt', content: 'x'.repeat(100_000), parents: [root] })
  const connector = await open()
  const listing = await readListing(connector)
  server.play(() => ({ cutAfter: 50_000 }))
  expect(await failureOf(fetchListed(connector, listing, 'it.txt'))).toMatchObject({ isPassing: true })
})
