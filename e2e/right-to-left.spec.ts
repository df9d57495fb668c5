import type { Page } from '@playwright/test'
import { anEmptyChat, ask, shots } from './support/chats.ts'
import { takePicture } from './support/picture.ts'
import { expect, test } from './support/test.ts'

/** Chosen as somebody would who translates the page into a language that runs so. */
async function turn(page: Page) {
  await page.addInitScript("localStorage.setItem('quory.language', 'en-Arab')")
}

const isTooWide = (page: Page) => page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')

test('a language from right to left turns the whole page', async ({ page, model, server }) => {
  model.script(['Everyone has 28 days.\n\n- One\n- Two\n\n```ts\nconst days = 28\n```'])
  const chat = await anEmptyChat(server)
  await ask(server, chat, 'How many days of holiday do I have?')
  await turn(page)
  await page.goto(chat.address)
  const html = page.locator('html')
  await expect(html).toHaveAttribute('dir', 'rtl')
  await expect(html).toHaveAttribute('lang', 'en-Arab')
  const sidebar = page.getByRole('navigation', { name: 'Chats' })
  const box = await sidebar.boundingBox()
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBe(1280)
  await expect(page.getByRole('heading', { level: 1 })).toHaveCSS('direction', 'rtl')
  const close = page.getByRole('button', { name: 'Close the list of chats' }).locator('svg')
  await expect(close).toHaveCSS('scale', '-1 1')
  // What is English stays as it is read.
  await expect(page.getByText('Everyone has 28 days.')).toHaveCSS('direction', 'ltr')
  await expect(page.locator('pre')).toHaveCSS('direction', 'ltr')
  expect(await isTooWide(page)).toBe(false)
  await page.getByRole('button', { name: 'Ada Lovelace' }).click()
  await expect(page.getByRole('menu')).toHaveCSS('direction', 'rtl')
  await page.keyboard.press('Escape')
  await shots(page, 'rtl-conversation')
  for (const path of [`/p/${chat.projectId}`, `/p/${chat.projectId}/data`, `/p/${chat.projectId}/settings`, '/account'])
    for (const [width, height] of [
      [1280, 800],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height })
      await page.goto(path)
      await page.getByRole('heading').first().waitFor()
      expect([path, width, await isTooWide(page)]).toEqual([path, width, false])
      await takePicture(page, `rtl-${path.split('/').at(-1)?.slice(0, 8)}-${width}`)
    }
})

test('Arabic and Hebrew run from right to left in an English page, code and English beside them do not', async ({
  page,
  model,
  server,
}) => {
  const chat = await anEmptyChat(server)
  model.script([
    'لكل موظف `28 days` من الإجازة في السنة.\n\n- واحد\n- اثنان\n\n> اقتباس\n\n| شهر | أيام |\n| --- | --- |\n| يوليو | 14 |\n\nThen in English.\n\n```ts\nconst days = 28\n```\n',
  ])
  await ask(server, chat, 'כמה ימי חופשה יש לי?')
  await page.goto(chat.address)
  await expect(page.locator('html')).toHaveAttribute('dir', 'ltr')
  const right = ['כמה ימי חופשה יש לי?', 'من الإجازة في السنة', 'واحد', 'اقتباس', 'يوليو']
  for (const text of right) await expect(page.getByText(text)).toHaveCSS('direction', 'rtl')
  const [list, item] = [page.locator('ul', { hasText: 'واحد' }), page.getByRole('listitem').getByText('واحد')]
  const [outer, inner] = [await list.boundingBox(), await item.boundingBox()]
  const mark = (outer?.x ?? 0) + (outer?.width ?? 0) - (inner?.x ?? 0) - (inner?.width ?? 0)
  // The marks of the list stand at its right.
  expect(mark).toBeGreaterThan(10)
  for (const text of ['28 days', 'Then in English.', 'const days = 28'])
    await expect(page.getByText(text)).toHaveCSS('direction', 'ltr')
  await shots(page, 'rtl-answer')
})

test('an Arabic browser gets the page in English, from left to right', async ({ browser, account, server }) => {
  const { storageState } = account
  const context = await browser.newContext({ storageState, baseURL: server.url, locale: 'ar-EG' })
  const page = await context.newPage()
  await page.goto('/account')
  await expect(page.getByRole('heading', { name: 'Account', exact: true })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('dir', 'ltr')
  await context.close()
})
