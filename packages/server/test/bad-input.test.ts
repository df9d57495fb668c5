import { expect, it } from 'vitest'
import { docxParagraph, makeDocx, makePdf, makeXlsx, makeZip, pdfPage } from './fixtures/make-files.ts'
import { aFile, aForm } from './support/forms.ts'
import { startModelServer } from './support/model-server.ts'
import { startTestApp, until } from './support/start-test-app.ts'

const locked = Buffer.concat([
  Buffer.from('d0cf11e0a1b11ae1', 'hex'),
  Buffer.alloc(600),
  Buffer.from('EncryptedPackage', 'utf16le'),
])
const bomb = Buffer.from(makeDocx(docxParagraph(' '.repeat(2_000_000))))
for (let at = bomb.indexOf('PK\x01\x02'); at !== -1; at = bomb.indexOf('PK\x01\x02', at + 4)) {
  bomb.writeUInt32LE(4_000_000_000, at + 24)
}
const bad: Readonly<Record<string, readonly [content: string | Uint8Array, reason: RegExp]>> = {
  'locked.docx': [locked, /password/],
  'locked.xlsx': [Buffer.concat([locked, Buffer.from('x')]), /password/],
  'locked.pdf': [makePdf([pdfPage(['x'])], { encrypt: true }), /password/],
  'cut.pdf': [makePdf([pdfPage(['x'])]).subarray(0, 60), /damaged or was cut off/],
  'cut.docx': [makeDocx(docxParagraph('x')).subarray(0, 300), /damaged or was cut off/],
  'bomb.docx': [bomb, /ZIP bomb/],
  'picture.pdf': [Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0', 'latin1'), /named \.pdf but is an image/],
  'scan.pdf': [makePdf([[], []]), /no text layer/],
  'deep.html': ['<div>'.repeat(30_000), /nests its parts too deeply/],
  'deep.json': ['['.repeat(500_000) + ']'.repeat(500_000), /nests its parts too deeply/],
  'empty.xlsx': [makeXlsx({ S: '' }), /No text/],
  'half.docx': [makeZip({ 'a.txt': 'x' }), /not a complete Office document/],
}

it('bad files fail alone, each with its reason, beside a good one and a running answer', {
  timeout: 120_000,
}, async () => {
  await using models = await startModelServer()
  await using app = await startTestApp({ env: { OPENAI_BASE_URL: models.url, OPENAI_API_KEY: 'sk-test' } })
  const { body: project } = await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })
  const path = `/v1/projects/${project.id}`
  const chat = `${path}/chats/${(await app.call('POST', `${path}/chats`, { name: 'c' })).body.id}`
  const words = Array.from({ length: 100 }, (_, i) => `word${i} `)
  models.script([{ text: words, tokenDelayMs: 20 }])
  const { metadata } = (await app.call('POST', `${chat}/messages`, { content: 'Tell me everything.' })).body

  const files = Object.entries(bad).map(([name, [content]]) => ['files', aFile(content), name] as const)
  const good = ['files', aFile('The pump in hall seven is painted turquoise.'), 'good.txt'] as const
  const upload = await app.call(
    'POST',
    `${path}/data-sources/upload`,
    aForm(...files.slice(0, 6), good, ...files.slice(6)),
  )
  expect(upload.status).toBe(201)
  await app.app.jobs.idle()

  const { body: list } = await app.call('GET', `${path}/data-sources?limit=100`)
  const outcomes = Object.fromEntries(
    list.data_sources.map((source: { name: string; status: string; error: string | null }) => [source.name, source]),
  )
  for (const [name, [, reason]] of Object.entries(bad)) {
    expect(outcomes[name], name).toMatchObject({ status: 'error', error: expect.stringMatching(reason) })
  }
  expect(outcomes['good.txt']).toMatchObject({ status: 'connected', error: null })
  const found = await app.call('POST', `${path}/search`, { query: 'turquoise pump' })
  expect(found.body.passages).toMatchObject([{ document_name: 'good.txt' }])
  const { body: message } = await until(
    () => app.call('GET', `${chat}/messages/${metadata.assistant_message_id}`),
    (response) => response.body.status === 'completed',
  )
  expect(message.content.trim()).toBe(words.join('').trim())
  expect((await app.call('GET', '/health')).status).toBe(200)
})
