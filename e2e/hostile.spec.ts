import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { anEmptyChat, ask } from './support/chats.ts'
import { hostileTexts } from './support/hostile.ts'
import { expect, test } from './support/test.ts'

/** Somebody else's server, which remembers what it was asked for. */
async function startEvilServer() {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end('window.hacked = 1')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, asked, [Symbol.dispose]: () => void server.close() }
}

const sizes = { inAnswers: 8 }

for (let start = 0; start < hostileTexts.length; start += sizes.inAnswers) {
  const texts = hostileTexts.slice(start, start + sizes.inAnswers)
  test(`hostile answers ${start + 1} to ${start + texts.length} do nothing`, async ({ page, model, server }) => {
    using evil = await startEvilServer()
    const chat = await anEmptyChat(server)
    for (const text of texts) {
      model.script([{ text: [text.replaceAll('EVIL', evil.url), '\n\nThe end.'] }])
      await ask(server, chat, text.replaceAll('EVIL', evil.url))
    }
    const foreign: string[] = []
    page.on('dialog', (dialog) => {
      foreign.push(`dialog ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url) && !/^(blob|data):/.test(request.url())) foreign.push(request.url())
    })
    await page.goto(chat.address)
    const list = page.getByRole('list', { name: 'Messages' })
    await expect(list.getByRole('listitem').last()).toContainText('The end.')
    await page.getByRole('textbox', { name: 'Your question' }).waitFor()
    // That nothing happens cannot be waited for; what would run or load has had its time by then.
    await page.waitForTimeout(400)
    // What is in the message cannot leave it: no element of the kinds that run or load anything.
    await expect(
      list.locator('script, iframe, object, embed, link, style, base, meta, form, video, audio'),
    ).toHaveCount(0)
    for (const image of await list.locator('img').all()) expect(await image.getAttribute('src')).toMatch(/^blob:/)
    for (const link of await list.locator('a').all()) {
      expect(await link.getAttribute('href')).toMatch(/^(https?:|mailto:)/)
      expect(await link.getAttribute('rel')).toContain('noopener')
    }
    const handlers = await page.evaluate(
      "[...document.querySelectorAll('main *')].flatMap((one) => one.getAttributeNames().filter((name) => name.startsWith('on')))",
    )
    expect(handlers).toEqual([])
    expect(await page.evaluate('globalThis.hacked')).toBeUndefined()
    expect(foreign).toEqual([])
    expect(evil.asked).toEqual([])
  })
}

test('the page runs scripts of its own alone, whatever finds its way into it', async ({ page, server }) => {
  const chat = await anEmptyChat(server)
  const response = await page.goto(chat.address)
  const policy = response?.headers()['content-security-policy'] ?? ''
  const scripts = policy.split(';').find((part) => part.trim().startsWith('script-src'))
  expect(scripts?.trim()).toBe("script-src 'self'")
  await page.evaluate(`{
    const script = document.createElement('script')
    script.textContent = 'window.hacked = 1'
    document.body.append(script)
    document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.hacked = 1">')
  }`)
  await page.waitForTimeout(400)
  expect(await page.evaluate('globalThis.hacked')).toBeUndefined()
})
