import type { Locator, Page } from '@playwright/test'
import { makePdf, pdfPage } from '../packages/server/test/fixtures/make-files.ts'
import { aFile, aForm } from '../packages/server/test/support/forms.ts'
import type { ModelServer } from '../packages/server/test/support/model-server.ts'
import type { ServerProcess } from '../packages/server/test/support/server-process.ts'
import { startWebServer } from '../packages/server/test/support/web-server.ts'
import { anEmptyChat, ask, type ChatPlace, shots } from './support/chats.ts'
import { startOwnServer } from './support/own-server.ts'
import { begin, expect, test } from './support/test.ts'

// Files are read by processes of their own, which take their time to start.
test.setTimeout(90_000)

const messages = (page: Page) => page.getByRole('list', { name: 'Messages' })

async function upload(server: ServerProcess, { projectId }: ChatPlace, name: string, content: string | Uint8Array) {
  const project = `/v1/projects/${projectId}`
  const form = aForm(['files', aFile(content), name])
  const { id } = (await server.call('POST', `${project}/data-sources/upload`, form)).body.data_sources[0]
  await expect
    .poll(async () => (await server.call('GET', `${project}/data-sources/${id}`)).body.status, { timeout: 20_000 })
    .toBe('connected')
  return `${project}/data-sources/${id}`
}

/** The model looks into the sources, then says this. */
async function askFor(server: ServerProcess, model: ModelServer, chat: ChatPlace, query: string, answer: string) {
  model.script(({ messages: sent }) =>
    sent.at(-1)?.role === 'tool' ? answer : { toolCalls: [{ name: 'get_context', arguments: { query } }] },
  )
  return await ask(server, chat, query)
}

/** The text of a page of a PDF comes after the page itself. */
async function expectMarked(panel: Locator, text: string) {
  await expect.poll(async () => (await panel.locator('mark').allTextContents()).join(' ')).toContain(text)
}

const article = (text: string) => `<!doctype html><title>Ardal</title><article><h1>Ardal</h1><p>${text}</p></article>`

const filler = (topic: string) =>
  Array.from({ length: 30 }, (_, line) => `Line ${line + 1} about ${topic}, of which nothing else is known here.`)

test('a citation shows its quote, and opens the PDF at its page with the passage marked', async ({
  page,
  model,
  server,
}) => {
  const chat = await anEmptyChat(server)
  const pdf = makePdf([
    pdfPage(filler('towers')),
    pdfPage([
      ...filler('ropes').slice(0, 10),
      'The great bell of Ardal weighs 4170',
      'kilograms and was cast in 1804.',
    ]),
    pdfPage(filler('clocks')),
  ])
  await upload(server, chat, 'bells.pdf', pdf)
  await askFor(server, model, chat, 'great bell of Ardal weighs', 'The bell weighs 4170 kilograms [1]. It rings.')
  await page.goto(chat.address)
  const citation = messages(page).getByRole('button', { name: 'Source 1: bells.pdf' })
  await citation.hover()
  await expect(page.getByRole('tooltip')).toContainText('page 2')
  await shots(page, 'sources-hover')
  await citation.click()
  const panel = page.getByRole('complementary', { name: 'Source' })
  await expect(panel.getByText('Page 2 of 3')).toBeVisible()
  await expect(panel.locator('canvas')).toBeVisible()
  await expectMarked(panel, '4170')
  await expect(panel.getByRole('link', { name: 'Open the original' })).toHaveAttribute('href', /content#page=2$/)
  await panel.getByRole('button', { name: 'Next page' }).click()
  await expect(panel.getByText('Page 3 of 3')).toBeVisible()
  await page.getByRole('button', { name: 'Close the source' }).click()
  await expect(panel).toBeHidden()
  await expect(citation).toBeFocused()
  await citation.click()
  await expect(panel.locator('mark').first()).toBeVisible()
  await shots(page, 'sources-pdf')
})

test('a citation of a text opens it with the range marked, and says when it has changed', async ({
  page,
  model,
  server,
}) => {
  const chat = await anEmptyChat(server)
  const before = 'Before it there is 🎈 much to say about towers and clocks. '.repeat(60)
  const sentence = 'The great bell of Ardal weighs 4170 kilograms and was cast in 1804.'
  const source = await upload(server, chat, 'ardal.md', `# Ardal\n\n${before}${sentence} ${before}`)
  await askFor(
    server,
    model,
    chat,
    'great bell of Ardal weighs',
    'It “weighs 4170 kilograms and was cast in 1804” [1].',
  )
  await page.goto(chat.address)
  await messages(page).getByRole('button', { name: 'Source 1: ardal.md' }).click()
  const panel = page.getByRole('complementary', { name: 'Source' })
  await expect(panel.locator('mark')).toHaveText('weighs 4170 kilograms and was cast in 1804')
  await expect(panel.locator('mark')).toBeInViewport()
  await shots(page, 'sources-text')
  await server.call('DELETE', source)
  await page.reload()
  await messages(page).getByRole('button', { name: 'Source 1: ardal.md' }).click()
  await expect(panel.getByText('The source has been deleted since.', { exact: false })).toBeVisible()
  await expect(panel.getByText('weighs 4170 kilograms and was cast in 1804')).toBeVisible()
  await shots(page, 'sources-deleted')
})

test('a citation of a page on the web that was rewritten shows what was quoted, and of a PDF there its page', async ({
  browser,
  model,
}) => {
  const sentence = 'The great bell of Ardal weighs 4170 kilograms and was cast in 1804.'
  const charts = makePdf([pdfPage(filler('charts')), pdfPage(['The narwhal swims below the pack ice of the fjord.'])])
  await using site = await startWebServer({
    '/ardal': article(sentence),
    '/charts': { headers: { 'content-type': 'application/pdf' }, body: charts },
  })
  await using own = await startOwnServer(model, { QUORY_EGRESS_ALLOW: `127.0.0.1:${site.port}` })
  const server = own.process()
  const { storageState } = await begin(server)
  await using context = await browser.newContext({ storageState, baseURL: server.url })
  const page = await context.newPage()
  const chat = await anEmptyChat(server)
  const project = `/v1/projects/${chat.projectId}`
  const addPage = async (path: string) => {
    const configuration = { url: `${site.url}${path}`, crawl: 'page' }
    const web = { type: 'web', name: path, configuration }
    return `${project}/data-sources/${(await server.call('POST', `${project}/data-sources`, web)).body.id}`
  }
  const sync = async (source: string) => {
    expect((await server.call('POST', `${source}/sync`)).status).toBe(202)
    const status = async () => (await server.call('GET', source)).body.status
    await expect.poll(status, { timeout: 20_000 }).toBe('connected')
  }
  const ardal = await addPage('/ardal')
  await sync(ardal)
  await askFor(server, model, chat, 'great bell of Ardal weighs', 'It “weighs 4170 kilograms” [1].')
  site.set(
    '/ardal',
    article(`The bell was weighed anew. It hangs lower than it did. ${sentence.replace('4170', '4200')}`),
  )
  await sync(ardal)
  await page.goto(chat.address)
  await messages(page)
    .getByRole('button', { name: /^Source 1/ })
    .click()
  const panel = page.getByRole('complementary', { name: 'Source' })
  await expect(panel.getByRole('status')).toContainText(/changed since this was quoted: a newer version was read on/)
  await expect(panel.getByLabel('Quoted passage')).toHaveText('weighs 4170 kilograms')
  await shots(page, 'sources-changed')
  await expect(panel.getByText('What was quoted is not in it any more.')).toBeVisible()
  await expect(panel.locator('mark')).toBeHidden()
  await panel.getByRole('button', { name: 'Show the newer version' }).click()
  await expect(panel.getByText('The bell was weighed anew.', { exact: false })).toBeVisible()
  await expect(panel.getByText('weighs 4200 kilograms', { exact: false })).toBeVisible()
  await expect(panel.getByRole('button', { name: 'Hide the newer version' })).toBeFocused()
  await shots(page, 'sources-newer')

  await sync(await addPage('/charts'))
  await askFor(server, model, chat, 'narwhal below the pack ice', 'It “swims below the pack ice” [1].')
  await page.reload()
  await messages(page).getByRole('button', { name: 'Source 1: charts' }).click()
  await expect(panel.getByText('Page 2 of 2')).toBeVisible()
  await expectMarked(panel, 'pack ice')
  await expect(panel.getByRole('link', { name: 'Open the original' })).toHaveAttribute('href', /\/charts#page=2$/)
})

test('rows of a table are shown with the query that brought them, which can be run again', async ({ page, server }) => {
  const chat = await anEmptyChat(server)
  const rows = Array.from({ length: 40 }, (_, row) => `${['North', 'South', 'East'][row % 3]},${row},${row * 10}`)
  await upload(server, chat, 'sales.csv', ['region,day,amount', ...rows].join('\n'))
  const { metadata } = (
    await server.call('POST', `${chat.path}/messages`, {
      content: 'Total amount by region?',
      model: 'quory/extractive',
    })
  ).body
  await expect
    .poll(
      async () => (await server.call('GET', `${chat.path}/messages/${metadata.assistant_message_id}`)).body.status,
      {
        timeout: 20_000,
      },
    )
    .toBe('completed')
  await page.goto(chat.address)
  await messages(page)
    .getByRole('button', { name: /^Source 1/ })
    .first()
    .click()
  const panel = page.getByRole('complementary', { name: 'Source' })
  await expect(panel.getByRole('table')).toBeVisible()
  await expect(panel.locator('code')).toContainText(/select/i)
  await panel.getByRole('button', { name: 'Run the query again' }).click()
  await expect(panel.getByText('The data is the same as then.')).toBeVisible()
  await shots(page, 'sources-table')
})
