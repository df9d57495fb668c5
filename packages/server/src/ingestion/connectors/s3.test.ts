import { expect, it } from 'vitest'
import { failureOf } from '../../../test/support/failures.ts'
import { fetchListed, readListing } from '../../../test/support/listings.ts'
import { s3Credentials, startS3Server } from '../../../test/support/s3-server.ts'
import { readConfig } from '../../config.ts'
import { Egress } from '../../egress/egress.ts'
import { FileSkipped } from './connector.ts'
import { openS3 } from './s3.ts'

const { signal } = new AbortController()

async function aBucket(pageSize?: number) {
  const resources = new AsyncDisposableStack()
  const server = resources.use(await startS3Server(pageSize === undefined ? {} : { pageSize }))
  const { egressAllow } = readConfig({ QUORY_EGRESS_ALLOW: `127.0.0.0/8,papers.s3.test:${server.port}` })
  const egress = resources.use(new Egress({ allow: egressAllow, resolve: async () => ['127.0.0.1'] }))
  const open = async (configuration: object = {}) =>
    resources.use(await openS3({ ...s3Credentials, endpoint: server.url, ...configuration }, { egress }))
  return { server, open, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

it('lists every object of a bucket, page by page, and fetches what has changed', async () => {
  await using bucket = await aBucket()
  const keys = ['a.txt', 'folder/b+c d.txt', "folder/ünï ☃ (1)!*'.txt", 'folder/&<x>.md', 'z\u0001.txt']
  for (const key of keys) bucket.server.put(key, `The text of ${key}`)
  bucket.server.put('folder/', '')
  const connector = await bucket.open()
  expect(await connector.check(signal)).toBe('The bucket papers can be read.')
  const listing = await readListing(connector)
  expect(listing).toMatchObject({ isFull: true, cursor: null, keys: keys.toSorted() })
  const [file] = listing.files
  expect(file).toMatchObject({ name: 'a.txt', size: 17, version: expect.stringMatching(/^"[0-9a-f]{32}"$/) })
  for (const key of keys) expect((await fetchListed(connector, listing, key)).text).toBe(`The text of ${key}`)
  const known = file?.version ?? expect.fail()
  expect((await fetchListed(connector, listing, 'a.txt', { known })).fetched).toBe('unchanged')
  bucket.server.put('a.txt', 'Another text')
  expect(await fetchListed(connector, listing, 'a.txt', { known })).toMatchObject({ text: 'Another text' })
  bucket.server.delete('a.txt')
  expect((await readListing(connector)).keys).not.toContain('a.txt')
  expect((await failureOf(fetchListed(connector, listing, 'a.txt'))).message).toBe('The object is no longer there.')
})

it('keeps to a prefix, and finds the bucket in the host name as well', async () => {
  await using bucket = await aBucket()
  for (const key of ['a.txt', 'docs/1.txt', 'docs/2.txt', 'docs/3.txt']) bucket.server.put(key, key)
  const below = await bucket.open({ prefix: '/docs/' })
  expect((await readListing(below)).keys).toEqual(['docs/1.txt', 'docs/2.txt', 'docs/3.txt'])
  expect(await below.check(signal)).toBe('The bucket papers, below docs/, can be read.')
  const empty = await bucket.open({ prefix: 'none/' })
  expect(await empty.check(signal)).toBe('The bucket papers, below none/, can be read; it is empty.')
  const endpoint = `http://s3.test:${bucket.server.port}`
  const virtual = await bucket.open({ endpoint, force_path_style: 'false' })
  const listing = await readListing(virtual)
  expect(listing.keys).toHaveLength(4)
  expect((await fetchListed(virtual, listing, 'docs/2.txt')).text).toBe('docs/2.txt')
})

it('says in words what is wrong', async () => {
  await using bucket = await aBucket()
  const words = async (configuration: object) =>
    (await failureOf(bucket.open(configuration).then((connector) => connector.check(signal)))).message
  expect(await words({ access_key_id: 'AKIAOTHER' })).toBe('The access key is not known to the server.')
  const wrong = await words({ secret_access_key: 'wrong-secret' })
  expect(wrong).toBe('The secret access key does not go with the access key.')
  expect(await words({ bucket: 'nothing-here' })).toBe('There is no bucket named nothing-here.')
  expect(await words({ region: 'us-east-1' })).toBe('The bucket papers is in another region.')
  expect(await words({ bucket: 'arn:aws:s3:::papers' })).toMatch(/name of a bucket alone/)
  expect(await words({ region: 'evil.example/#' })).toMatch(/region looks like/)
  expect(await words({ force_path_style: 'maybe' })).toMatch(/true or false/)
  expect(await words({ secret_access_key: '' })).toBe('The field secret_access_key is missing.')
  expect(await words({ endpoint: 'http://127.0.0.1:1024' })).toMatch(/refuses the connection/)
  expect(await words({ endpoint: 'http://10.0.0.1:9000' })).toMatch(/only the public internet is called/)
  expect(await words({ endpoint: 'http://169.254.169.254' })).toMatch(/metadata/)
})

it('tries again when the server has too much to do, and says so when that goes on', async () => {
  await using bucket = await aBucket()
  bucket.server.put('a.txt', 'a')
  const connector = await bucket.open()
  bucket.server.failNext([503, 'SlowDown'], [500, 'InternalError'])
  expect((await readListing(connector)).keys).toEqual(['a.txt'])
  expect(bucket.server.requests).toHaveLength(3)
  bucket.server.failNext(...Array.from({ length: 3 }, () => [503, 'SlowDown'] as const))
  const failure = await failureOf(readListing(connector))
  expect(failure).toMatchObject({ isPassing: true, message: 'The server answers 503 (SlowDown).' })
  bucket.server.failNext([403, 'AccessDenied'])
  const denied = await failureOf(readListing(connector))
  expect(denied).toMatchObject({ isPassing: false, message: 'The access key may not read the bucket papers.' })
})

it('leaves out what is too large, archived, or cannot be asked for', async () => {
  await using bucket = await aBucket(10)
  bucket.server.put('large.txt', 'x'.repeat(2_000))
  bucket.server.put('cold.txt', 'brr', { storageClass: 'GLACIER' })
  bucket.server.put('a/../b.txt', 'where?')
  const connector = await bucket.open()
  const listing = await readListing(connector)
  await expect(fetchListed(connector, listing, 'large.txt', { maxBytes: 1_000 })).rejects.toThrow(FileSkipped)
  await expect(fetchListed(connector, listing, 'cold.txt')).rejects.toThrow('It is archived')
  await expect(fetchListed(connector, listing, 'a/../b.txt')).rejects.toThrow(FileSkipped)
})
