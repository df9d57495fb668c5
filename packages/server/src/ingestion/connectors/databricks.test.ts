import { afterEach, beforeEach, expect, test } from 'vitest'
import { type DatabricksServer, startDatabricksServer } from '../../../test/support/databricks-server.ts'
import { failureOf } from '../../../test/support/failures.ts'
import { fetchListed, readListing } from '../../../test/support/listings.ts'
import { Egress } from '../../egress/egress.ts'
import { FileSkipped } from './connector.ts'
import { openDatabricks } from './databricks.ts'

const token = 'dapi0123456789abcdef0123456789abcdef'
const egress = new Egress({ allow: [{ type: 'host', host: '127.0.0.1', port: undefined }] })
const never = new AbortController().signal
let server: DatabricksServer

beforeEach(async () => {
  server = await startDatabricksServer({ token, warehouseId: 'abc123' })
  server.put(['main', 'sales', 'orders'], {
    columns: ['id', 'customer', 'note'],
    rows: [
      ['1', 'Ada', 'plain'],
      ['2', 'Böb "Bobby", Jr.', 'two\nlines'],
      ['3', null, ''],
      ['4', 'x\\"]],[[', '[]'],
      ['5', '=1+1', '🙂'],
    ],
    lastModified: '2026-11-01T00:00:00Z',
  })
  server.put(['main', 'sales', 'odd `name.x'], { columns: ['a'], rows: [['1']], format: 'parquet' })
  server.put(['main', 'hr', 'people'], { columns: ['name'], rows: [], format: 'view' })
})
afterEach(async () => await server[Symbol.asyncDispose]())

function open(configuration: Readonly<Record<string, string>> = {}) {
  const given = { host: server.url, access_token: token, http_path: '/sql/1.0/warehouses/abc123', catalog: 'main' }
  return openDatabricks({ ...given, ...configuration }, { egress })
}

test('lists the tables of a catalog, of a schema, or of everything', async () => {
  const all = ['main.hr.people', 'main.sales.`odd ``name.x`', 'main.sales.orders']
  const listing = await readListing(await open())
  expect(listing).toMatchObject({ isFull: true, cursor: null, keys: all })
  expect(listing.files.find(({ name }) => name === 'orders.csv')).toMatchObject({
    url: `${server.url}/explore/data/main/sales/orders`,
    mediaType: 'text/csv',
  })
  expect((await readListing(await open({ catalog: '' }))).keys).toEqual(all)
  expect((await readListing(await open({ schema: 'hr' }))).keys).toEqual(['main.hr.people'])
})

test("names of schemas and catalogs are never part of a statement's words", async () => {
  expect((await readListing(await open({ schema: "x' OR '1'='1" }))).keys).toEqual([])
  const error = await failureOf(readListing(await open({ catalog: 'a`; DROP TABLE x; --' })))
  expect(error.message).toMatch(/was not found/)
  expect(server.statements.at(-1)).toContain('`a``; DROP TABLE x; --`.information_schema')
})

test('writes a table as CSV, chunk by chunk, with nulls told from empty texts', async () => {
  const connector = await open()
  const { text, fetched } = await fetchListed(connector, await readListing(connector), 'main.sales.orders')
  expect(text).toBe(
    'id,customer,note\r\n1,Ada,plain\r\n2,"Böb ""Bobby"", Jr.","two\nlines"\r\n3,,""\r\n4,"x\\""]],[[",[]\r\n5,=1+1,🙂\r\n',
  )
  expect(fetched).toMatchObject({ size: Buffer.byteLength(text), mediaType: 'text/csv' })
  expect(server.requests.filter(({ path }) => path.startsWith('/storage/'))).toHaveLength(3)
})

test('a table of any name, an empty one and a view are read too', async () => {
  const connector = await open()
  const listing = await readListing(connector)
  expect((await fetchListed(connector, listing, 'odd `name.x.csv')).text).toBe('a\r\n1\r\n')
  expect((await fetchListed(connector, listing, 'people.csv')).text).toBe('name\r\n')
})

test('a table whose data did not change is not read again', async () => {
  const connector = await open()
  const listing = await readListing(connector)
  const { fetched } = await fetchListed(connector, listing, 'orders.csv')
  const known = fetched === 'unchanged' ? null : fetched.version
  expect((await fetchListed(connector, listing, 'orders.csv', { known })).fetched).toBe('unchanged')
  server.put(['main', 'sales', 'orders'], { columns: ['id'], rows: [['9']], lastModified: '2026-11-02T00:00:00Z' })
  expect((await fetchListed(connector, listing, 'orders.csv', { known })).text).toBe('id\r\n9\r\n')
})

test('a table over the limit is left out whole: part of one would answer wrongly', async () => {
  const connector = await open()
  const fetched = fetchListed(connector, await readListing(connector), 'orders.csv', { maxBytes: 50 })
  await expect(fetched).rejects.toBeInstanceOf(FileSkipped)
  await expect(fetched).rejects.toThrow(/The table has more than/)
})

test('a table dropped between listing and reading is left out', async () => {
  const connector = await open()
  const listing = await readListing(connector)
  server.drop(['main', 'sales', 'orders'])
  await expect(fetchListed(connector, listing, 'orders.csv')).rejects.toBeInstanceOf(FileSkipped)
})

test('waits for a warehouse that is starting', async () => {
  server.delayBy(3)
  expect((await readListing(await open())).keys).toHaveLength(3)
})

test('a statement nobody waits for any more is cancelled', async () => {
  const connector = await open()
  server.delayBy(1000)
  const controller = new AbortController()
  const listing = readListing(connector, { signal: controller.signal })
  setTimeout(() => controller.abort(new Error('told to')), 100)
  await expect(listing).rejects.toThrow('told to')
  expect(server.cancelled).toHaveLength(1)
})

test('says what was found', async () => {
  expect(await (await open()).check(never)).toBe('3 tables in catalog main.')
  expect(await (await open({ schema: 'hr' })).check(never)).toBe('1 table in main.hr.')
})

test.each([
  [{ access_token: 'dapi_wrong' }, /does not accept the access token/],
  [{ http_path: '/sql/1.0/warehouses/other' }, /no such SQL warehouse.*http_path/],
  [{ http_path: '/sql/protocolv1/o/1/2' }, /http_path is not that of a SQL warehouse/],
  [{ catalog: 'nope' }, /Catalog 'nope' was not found/],
  [{ schema: 'nope' }, /no table in main\.nope/],
  [{ host: 'user:secret@host' }, /field host/],
  [{ host: 'http://127.0.0.1:9' }, /127\.0\.0\.1:9/],
])('says what is wrong: %j', async (configuration, reason) => {
  const error = await failureOf(open(configuration).then((connector) => connector.check(never)))
  expect(error.message).toMatch(reason)
  expect(`${error.message}${error.stack}`).not.toContain(token)
})

test.each([
  [
    { status: 429, headers: { 'retry-after': '30' }, body: { error_code: 'REQUEST_LIMIT_EXCEEDED' } },
    true,
    /fewer requests/,
  ],
  [{ status: 503, body: 'x' }, true, /out of order/],
  [{ status: 200, body: '<html>Log in</html>' }, false, /not of the Databricks API/],
  [
    { status: 403, body: { error_code: 'PERMISSION_DENIED', message: 'No CAN_USE on warehouse' } },
    false,
    /may not use.*CAN_USE/,
  ],
])('tells what passes from what does not: %j', async (fault, isPassing, reason) => {
  server.play(() => fault)
  const error = await failureOf((await open()).check(never))
  expect(error).toMatchObject({ isPassing })
  expect(error.message).toMatch(reason)
})

test('a part of the result that breaks off may be tried again', async () => {
  const connector = await open()
  const listing = await readListing(connector)
  server.play(({ path }) => (path.startsWith('/storage/') ? { cutAfter: 10 } : undefined))
  expect(await failureOf(fetchListed(connector, listing, 'orders.csv'))).toMatchObject({ isPassing: true })
})
