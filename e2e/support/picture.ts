import type { Page } from '@playwright/test'

interface PictureOptions {
  readonly isWholePage?: boolean
}

/** For people to look at: what moves has come to its end, wherever it was. */
export async function takePicture(
  page: Page,
  name: string,
  { isWholePage = false }: PictureOptions = {},
): Promise<void> {
  // A change just made begins its transitions with the next frame.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
  const path = `.cache/screenshots/${name}.png`
  await page.screenshot({ path, fullPage: isWholePage, animations: 'disabled' })
}
