import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { type ServerProcess, startServerProcess } from '../packages/server/test/support/server-process.ts'
import { takePicture } from './support/picture.ts'
import { test as base, expect, firstLink, nobody } from './support/test.ts'

/** A server that was just installed, for the tests of this file in their order. */
const test = base.extend<object, { readonly fresh: ServerProcess }>({
  fresh: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture needs off this pattern
    async ({}, use) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'quory-e2e-'))
      try {
        await using server = await startServerProcess({ QUORY_DATA_DIR: dataDir, QUORY_LOG_LEVEL: 'error' })
        await use(server)
      } finally {
        rmSync(dataDir, { recursive: true, force: true })
      }
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ fresh }, use) => use(fresh.url),
})
test.use({ storageState: nobody })
test.describe.configure({ mode: 'serial' })

const email = 'grace@example.org'
let password = 'a few good words'

async function signIn(page: Page, secret = password): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(secret)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Looked at by whoever changes a view, and by axe. */
async function picture(page: Page, name: string): Promise<void> {
  for (const [width, height, size] of [
    [1280, 800, 'wide'],
    [390, 844, 'phone'],
  ] as const) {
    await page.setViewportSize({ width, height })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await takePicture(page, `${name}-${size}-${colorScheme}`, { isWholePage: true })
      // Its rules do not depend on the width.
      if (size === 'phone') continue
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.emulateMedia({ colorScheme: 'light' })
}

test('a stranger is told where the link is, and begins with it', async ({ page, fresh }) => {
  await page.goto('/')
  await expect(page.getByText('it printed a link in its terminal')).toBeVisible()
  await expect(page.getByLabel('Password')).toHaveCount(0)
  await picture(page, 'session-first-run')
  await page.goto(firstLink(fresh))
  // Not left where others see it, nor lost by a reload.
  await expect(page).toHaveURL(`${fresh.url}/welcome`)
  await page.reload()
  await page.getByLabel('Your name').fill('Grace Hopper')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Choose a password').fill('short')
  await page.getByRole('button', { name: 'Begin' }).click()
  await expect(page.getByText('needs at least 10 characters')).toBeVisible()
  await picture(page, 'session-welcome')
  await page.getByLabel('Choose a password').fill(password)
  await page.getByRole('button', { name: 'Begin' }).click()
  await expect(page).toHaveURL(/\/p\/[0-9a-f-]{36}$/)
  await expect(page.getByRole('button', { name: 'Account: Grace Hopper' })).toBeVisible()
  await page.goBack()
  expect(page.url()).not.toContain('welcome')
  await page.goto(firstLink(fresh))
  await expect(page.getByRole('heading', { name: 'This link no longer works' })).toBeVisible()
  await expect(page).toHaveURL(`${fresh.url}/welcome`)
})

test('signs out and in, back to where they were, and is told of a wrong password', async ({ page }) => {
  await page.goto('/account')
  await expect(page).toHaveURL(/sign-in\?next=/)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill('not my password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert')).toHaveText('The e-mail or the password is wrong.')
  await picture(page, 'session-sign-in')
  await page.getByLabel('Password').fill(password)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Account', exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Account: Grace Hopper' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in to Quory' })).toBeVisible()
  await page.goto('/account')
  await expect(page).toHaveURL(/sign-in/)
})

test('changes the password, which signs the other browser out', async ({ page, browser, baseURL }) => {
  await signIn(page)
  await page.getByRole('link', { name: 'New chat' }).waitFor()
  const elsewhere = await browser.newContext({ storageState: nobody, ...(baseURL === undefined ? {} : { baseURL }) })
  const phone = await elsewhere.newPage()
  await signIn(phone)
  await phone.getByRole('link', { name: 'New chat' }).waitFor()
  await page.goto('/account')
  await page.getByLabel('Current password').fill('wrong')
  await page.getByLabel('New password').fill('another few words')
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText('The current password is wrong.')).toBeVisible()
  await page.getByLabel('Current password').fill(password)
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText('You are signed out everywhere else.', { exact: false })).toBeVisible()
  password = 'another few words'
  await phone.reload()
  await expect(phone).toHaveURL(/sign-in/)
  await elsewhere.close()
})

test('makes a key that works, is shown once, and is revoked', async ({ page, fresh }) => {
  await signIn(page)
  await page.getByRole('link', { name: 'New chat' }).waitFor()
  await page.goto('/account')
  await page.getByRole('button', { name: 'New key' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('website')
  await page.getByLabel('May', { exact: true }).selectOption('Read, and change nothing')
  await page.getByRole('button', { name: 'Make key' }).click()
  const key = await page.getByLabel('Your new key').inputValue()
  await page.getByRole('button', { name: 'Done' }).click()
  const ask = () => fetch(`${fresh.url}/v1/me`, { headers: { authorization: `Bearer ${key}` } })
  expect((await ask()).status).toBe(200)
  await expect(page.getByRole('row', { name: /website.*Read/ })).toBeVisible()
  await page.getByRole('button', { name: 'Close the list of chats' }).click()
  await picture(page, 'account')
  await page.getByRole('button', { name: 'Revoke website' }).click()
  await page.getByRole('button', { name: 'Revoke', exact: true }).click()
  await expect(page.getByRole('row', { name: /website/ })).toHaveCount(0)
  expect((await ask()).status).toBe(401)
})

test('an invited person comes in by their link and sees no people', async ({ page, browser }) => {
  await signIn(page)
  await page.getByRole('link', { name: 'New chat' }).waitFor()
  await page.goto('/account')
  await page.getByRole('button', { name: 'Invite somebody' }).click()
  await page.getByRole('dialog').getByLabel('E-mail').fill('bob@example.org')
  await page.getByRole('dialog').getByLabel('Name').fill('Bob')
  await page.getByRole('button', { name: 'Make link' }).click()
  const link = await page.getByLabel('Link to send').inputValue()
  const elsewhere = await browser.newContext({ storageState: nobody })
  const bob = await elsewhere.newPage()
  await bob.goto(link)
  await expect(bob.getByLabel('E-mail')).toHaveValue('bob@example.org')
  await bob.getByLabel('Choose a password').fill('the words of bob')
  await bob.getByRole('button', { name: 'Begin' }).click()
  await bob.getByRole('button', { name: 'Account: Bob' }).waitFor()
  await bob.goto('/account')
  await expect(bob.getByRole('heading', { name: 'API keys' })).toBeVisible()
  await expect(bob.getByRole('heading', { name: 'People' })).toHaveCount(0)
  await bob.getByRole('button', { name: 'Sign out everywhere' }).click()
  await expect(bob).toHaveURL(/sign-in/)
  await elsewhere.close()
})

test('who guesses too often is told when to come back', async ({ page }) => {
  for (let count = 0; count < 10; count++) {
    await signIn(page, `guess ${count}`)
    await expect(page.getByRole('alert')).toBeVisible()
  }
  await signIn(page)
  await expect(page.getByRole('alert')).toHaveText(/Too many attempts. You can try again in \d+ seconds\./)
})
