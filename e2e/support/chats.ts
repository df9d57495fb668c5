import { expect, type Page } from '@playwright/test'
import type { ServerProcess } from '../../packages/server/test/support/server-process.ts'
import { takePicture } from './picture.ts'

export interface ChatPlace {
  readonly projectId: string
  readonly chatId: string
  /** Of the API. */
  readonly path: string
  /** Of the page. */
  readonly address: string
}

export async function anEmptyChat(server: ServerProcess, name = 'A chat'): Promise<ChatPlace> {
  const project = { name: `Project ${crypto.randomUUID()}`, organization_id: 'tests' }
  const { id: projectId } = (await server.call('POST', '/v1/projects', project)).body
  const { id: chatId } = (await server.call('POST', `/v1/projects/${projectId}/chats`, { name })).body
  const path = `/v1/projects/${projectId}/chats/${chatId}`
  return { projectId, chatId, path, address: `/p/${projectId}/c/${chatId}` }
}

/** Asks, and waits for the answer's end. */
export async function ask(
  server: ServerProcess,
  { path }: ChatPlace,
  content: string,
): Promise<{ readonly id: string }> {
  const { metadata } = (await server.call('POST', `${path}/messages`, { content })).body
  const id: string = metadata.assistant_message_id
  for (;;) {
    const { body } = await server.call('GET', `${path}/messages/${id}`)
    if (body.status !== 'queued' && body.status !== 'processing') return { id }
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

/** The view in both themes, on a wide screen and on a phone, for people to look at. */
export async function shots(page: Page, name: string): Promise<void> {
  const size = page.viewportSize()
  for (const [device, width, height] of [
    ['wide', 1280, 800],
    ['phone', 390, 844],
  ] as const) {
    await page.setViewportSize({ width, height })
    // What is drawn anew for the size has come.
    await expect(page.locator('.animate-pulse')).toHaveCount(0)
    for (const theme of ['light', 'dark']) {
      await page.evaluate(`document.documentElement.classList.toggle('dark', ${theme === 'dark'})`)
      await takePicture(page, `${name}-${device}-${theme}`)
    }
  }
  await page.evaluate(`document.documentElement.classList.remove('dark')`)
  if (size !== null) await page.setViewportSize(size)
}
