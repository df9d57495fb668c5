import { afterEach, beforeEach, expect, test } from 'vitest'
import { failureOf } from '../../../test/support/failures.ts'
import { type GitHubServer, startGitHubServer } from '../../../test/support/github-server.ts'
import { fetchListed, readListing } from '../../../test/support/listings.ts'
import { Egress } from '../../egress/egress.ts'
import { FileSkipped } from './connector.ts'
import { openGithub } from './github.ts'

const token = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz'
const egress = new Egress({ allow: [{ type: 'host', host: '127.0.0.1', port: undefined }] })
const never = new AbortController().signal
let server: GitHubServer

beforeEach(async () => {
  server = await startGitHubServer({ token })
  server.addOwner('octo', 'Organization')
})
afterEach(async () => await server[Symbol.asyncDispose]())

function open(configuration: Readonly<Record<string, string>> = {}) {
  const given = { access_token: token, username: 'octo', base_url: server.url, ...configuration }
  return openGithub(given, { egress })
}

function addRepositories(): void {
  for (const name of ['app', 'docs']) server.addRepository(`octo/${name}`)
  server.addRepository('octo/empty')
  server.addRepository('octo/old', { isArchived: true, branch: 'trunk' })
  server.addRepository('octo/copy', { isFork: true })
  server.addRepository('octo/gone', { isDisabled: true })
  server.commit('octo/app', { 'README.md': '# App', 'src/main.ts': 'start()', 'src/deep/er/leaf.ts': 'leaf' })
  server.commit('octo/docs', { 'guide.md': 'Guide' })
  server.commit('octo/old', { 'notes.txt': 'Notes' }, { branch: 'trunk' })
  server.commit('octo/copy', { 'copied.md': 'Copied' })
}

test('lists every repository of an owner at its newest commit', async () => {
  addRepositories()
  const commit = server.commit('octo/app', { 'a b#1.md': 'Odd name' })
  const listing = await readListing(await open())
  expect(listing).toMatchObject({ isFull: true, removed: [] })
  expect(listing.keys).toEqual([
    'octo/app/README.md',
    'octo/app/a b#1.md',
    'octo/app/src/deep/er/leaf.ts',
    'octo/app/src/main.ts',
    'octo/docs/guide.md',
    'octo/old/notes.txt',
  ])
  expect(listing.files.find(({ name }) => name === 'a b#1.md')).toMatchObject({
    url: `${server.url}/octo/app/blob/${commit}/a%20b%231.md`,
    size: 8,
    version: expect.stringMatching(/^[0-9a-f]{40}$/),
  })
})

test('lists what changed since the commits of an earlier listing, and nothing else', async () => {
  addRepositories()
  const connector = await open()
  const first = await readListing(connector)
  server.commit('octo/app', {
    'src/main.ts': 'start(again)',
    'README.md': null,
    'src/renamed.ts': 'leaf',
    'src/deep/er/leaf.ts': null,
  })
  server.addRepository('octo/new')
  server.commit('octo/new', { 'new.md': 'New' })
  const before = server.requests.length
  const second = await readListing(connector, { cursor: first.cursor })
  expect(second.isFull).toBe(false)
  expect(second.keys).toEqual(['octo/app/src/main.ts', 'octo/app/src/renamed.ts', 'octo/new/new.md'])
  expect(second.removed.toSorted()).toEqual(['octo/app/README.md', 'octo/app/src/deep/er/leaf.ts'])
  // Nothing was pushed to it: it is not even asked.
  expect(server.requests.slice(before).filter(({ path }) => path.includes('/docs/'))).toEqual([])
  expect(await readListing(connector, { cursor: second.cursor })).toMatchObject({
    isFull: false,
    keys: [],
    removed: [],
  })
})

test.each([
  ['after a force push', () => void server.commit('octo/app', { 'only.md': 'x' }, { isForced: true }), {}],
  ['when a repository is gone', () => server.removeRepository('octo/docs'), {}],
  ['when other paths are asked for', () => undefined, { paths: 'src' }],
])('lists everything anew %s', async (_, change, configuration) => {
  addRepositories()
  const { cursor } = await readListing(await open())
  change()
  const listing = await readListing(await open(configuration), { cursor })
  expect(listing.isFull).toBe(true)
  expect(listing.keys.length).toBeGreaterThan(0)
})

test('a cursor it cannot read means everything', async () => {
  addRepositories()
  for (const cursor of ['', '{', '[]', '{"asked":1}']) {
    expect(await readListing(await open(), { cursor })).toMatchObject({ isFull: true })
  }
})

test('a tree that GitHub cuts off is walked folder by folder, and unchanged folders are not opened', async () => {
  server.addRepository('octo/large')
  const files = Object.fromEntries(
    ['a', 'b', 'c'].flatMap((folder) => [1, 2, 3].map((n) => [`${folder}/sub/${n}.md`, `${folder}${n}`])),
  )
  server.commit('octo/large', { ...files, 'top.md': 'top' })
  server.truncateTreesAbove(4)
  const connector = await open()
  const first = await readListing(connector)
  expect(first.keys).toHaveLength(10)
  server.commit('octo/large', {
    'b/sub/2.md': 'changed',
    'c/sub/1.md': null,
    'c/sub/2.md': null,
    'c/sub/3.md': null,
    'c/sub': 'now a file',
  })
  const second = await readListing(connector, { cursor: first.cursor })
  expect(second.keys).toEqual(['octo/large/b/sub/2.md', 'octo/large/c/sub'])
  expect(second.removed.toSorted()).toEqual([1, 2, 3].map((n) => `octo/large/c/sub/${n}.md`))
})

test('reads what is public without a token, and says when there is nothing', async () => {
  server.addOwner('mona')
  server.addRepository('mona/open')
  server.addRepository('mona/closed', { isPrivate: true })
  server.commit('mona/open', { 'a.md': 'Open', 'b#%.md': 'Odd name' })
  server.commit('mona/closed', { 'b.md': 'Closed' })
  const anybody = { username: 'mona', access_token: '' }
  const connector = await open(anybody)
  expect(await connector.check(never)).toBe('1 repository of mona.')
  const listing = await readListing(connector)
  expect(listing.keys).toEqual(['mona/open/a.md', 'mona/open/b#%.md'])
  expect((await fetchListed(connector, listing, 'a.md')).text).toBe('Open')
  expect((await fetchListed(connector, listing, 'b#%.md')).text).toBe('Odd name')
  const closed = await open({ ...anybody, repositories: 'closed' })
  expect((await failureOf(closed.check(never))).message).toMatch(/no public repository mona\/closed/)
  server.play(() => ({ status: 403, headers: { 'x-ratelimit-remaining': '0', 'retry-after': '1800' }, body: {} }))
  expect(await failureOf(closed.check(never))).toMatchObject({
    isPassing: true,
    retryAfterMs: 1_800_000,
    message: expect.stringContaining('fewer requests without an access token'),
  })
})

test('reads a branch, named repositories and chosen paths only', async () => {
  addRepositories()
  server.commit('octo/app', { 'next.md': 'Next', 'src/next.ts': 'next' }, { branch: 'next' })
  const byBranch = await readListing(await open({ repositories: 'app', branch: 'next' }))
  expect(byBranch.keys).toEqual(['octo/app/next.md', 'octo/app/src/next.ts'])
  const byPath = await readListing(await open({ repositories: 'octo/app, docs', paths: '/src/deep/, *.md' }))
  expect(byPath.keys).toEqual(['octo/app/README.md', 'octo/app/src/deep/er/leaf.ts', 'octo/docs/guide.md'])
  server.commit('octo/app', { 'src/[id]/page.ts': 'page', 'src/i/page.ts': 'other' }, { branch: 'routes' })
  const bySigns = await readListing(await open({ repositories: 'app', branch: 'routes', paths: 'src/[id]' }))
  expect(bySigns.keys).toEqual(['octo/app/src/[id]/page.ts'])
  expect((await readListing(await open({ repositories: 'copy' }))).keys).toEqual(['octo/copy/copied.md'])
})

test('lists more repositories than fit on a page, private ones of a user too', async () => {
  server.addOwner('mona')
  for (let n = 0; n < 130; n++) {
    server.addRepository(`mona/r${n}`, { isPrivate: n % 2 === 0 })
    server.commit(`mona/r${n}`, { 'a.md': `File ${n}` })
  }
  const listing = await readListing(await open({ username: 'mona' }))
  expect(listing.keys).toHaveLength(130)
})

test('fetches a file as it is, and not again while it is the same', async () => {
  server.addRepository('octo/app')
  server.commit('octo/app', { 'data.csv': 'a;b\n1;ü', 'large.txt': 'x'.repeat(2000) })
  const connector = await open()
  const listing = await readListing(connector)
  const { text, fetched } = await fetchListed(connector, listing, 'data.csv')
  expect(text).toBe('a;b\n1;ü')
  expect(fetched).toMatchObject({ size: 8 })
  const known = listing.files.find(({ name }) => name === 'data.csv')?.version ?? null
  expect((await fetchListed(connector, listing, 'data.csv', { known })).fetched).toBe('unchanged')
  await expect(fetchListed(connector, listing, 'large.txt', { maxBytes: 1000 })).rejects.toThrow(FileSkipped)
})

test.each([
  ['node_modules/left/index.js', 'x', /Code of others/],
  ['go.sum', 'x', /lock file/],
  ['app.min.js', 'x', /Generated/],
  ['logo.png', 'x', /binary file \(.png\)/],
  ['api.ts', '// Code generated by protoc. DO NOT EDIT.\nx', /Generated.*first lines/],
  ['big.pdf', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n', /Git LFS/],
  ['link.md', { symlink: 'README.md' }, /symbolic link/],
  ['library', { submodule: '0123456789012345678901234567890123456789' }, /submodule/],
])('leaves %s out and says why', async (path, content, reason) => {
  server.addRepository('octo/app')
  server.commit('octo/app', { [path]: content })
  const connector = await open()
  const listing = await readListing(connector)
  await expect(fetchListed(connector, listing, path)).rejects.toThrow(reason)
  await expect(fetchListed(connector, listing, path)).rejects.toBeInstanceOf(FileSkipped)
})

test('says what was found', async () => {
  addRepositories()
  const sentence = await (await open()).check(never)
  expect(sentence).toBe('4 repositories of octo, 1 of them empty, 1 archived, 1 fork left out, being copies.')
})

test.each([
  [{ access_token: 'ghp_wrong' }, /does not accept the access token/],
  [{ access_token: 'two words' }, /spaces/],
  [{ username: 'nobody' }, /no user or organization named nobody/],
  [{ repositories: 'missing' }, /no repository octo\/missing/],
  [{ branch: 'none' }, /2 of them without a branch none/],
  [{ base_url: 'http://127.0.0.1:9' }, /127\.0\.0\.1:9/],
  [{ base_url: 'ftp://x' }, /base_url/],
])('says what is wrong: %j', async (configuration, reason) => {
  server.addRepository('octo/app')
  server.addRepository('octo/docs')
  server.commit('octo/app', { 'a.md': 'a' })
  server.commit('octo/docs', { 'a.md': 'a' })
  const error = await failureOf(open(configuration).then((connector) => connector.check(never)))
  expect(error.message).toMatch(reason)
  expect(`${error.message}${error.stack}`).not.toContain(token)
})

test('an owner without repositories is no success', async () => {
  expect((await failureOf((await open()).check(never))).message).toMatch(/no repositories/)
})

test.each([
  [
    'primary limit',
    {
      status: 403,
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4102444800' },
      body: { message: 'API rate limit exceeded' },
    },
  ],
  [
    'secondary limit',
    { status: 403, headers: { 'retry-after': '60' }, body: { message: 'You have exceeded a secondary rate limit' } },
  ],
  ['secondary limit without a time', { status: 429, body: { message: 'You have exceeded a secondary rate limit' } }],
])('a %s passes by itself, and says when', async (_, fault) => {
  server.play(() => fault)
  const error = await failureOf((await open()).check(never))
  expect(error).toMatchObject({ isPassing: true })
  expect(error.retryAfterMs).toBeGreaterThanOrEqual(59_000)
})

test('a refusal of contents is told with the words of GitHub', async () => {
  addRepositories()
  server.play(({ path }) =>
    path.includes('/commits')
      ? { status: 403, body: { message: 'Resource not accessible by personal access token' } }
      : undefined,
  )
  const error = await failureOf((await open()).check(never))
  expect(error).toMatchObject({ isPassing: false })
  expect(error.message).toMatch(/not accessible by personal access token.*contents/)
})

test('goes on after answers of 502 and connections that break', async () => {
  addRepositories()
  let count = 0
  server.play(() => [undefined, { status: 502, body: 'Bad gateway' }, 'reset' as const][count++])
  const connector = await open()
  const listing = await readListing(connector)
  expect(listing.keys).toHaveLength(5)
})

test('a file that breaks off leaves nothing behind and may be tried again', async () => {
  server.addRepository('octo/app')
  server.commit('octo/app', { 'a.txt': 'x'.repeat(100_000) })
  const connector = await open()
  const listing = await readListing(connector)
  server.play(() => ({ cutAfter: 50_000 }))
  expect(await failureOf(fetchListed(connector, listing, 'a.txt'))).toMatchObject({ isPassing: true })
})

test('gives up at once when it is told to', async () => {
  addRepositories()
  const connector = await open()
  server.play(() => 'hang')
  const controller = new AbortController()
  const listing = readListing(connector, { signal: controller.signal })
  setTimeout(() => controller.abort(new Error('told to')), 50)
  await expect(listing).rejects.toThrow('told to')
})
