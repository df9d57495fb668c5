import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startOpenidServer } from '../packages/server/test/support/openid-server.ts'
import { startServerProcess } from '../packages/server/test/support/server-process.ts'
import { shots } from './support/chats.ts'
import { begin, expect, nobody, test } from './support/test.ts'

test.use({ storageState: nobody })

test('whoever was invited signs in with OpenID, back to where they were going; others are told why not', async ({
  page,
}) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'quory-e2e-'))
  await using folder = new AsyncDisposableStack()
  folder.defer(() => rmSync(dataDir, { recursive: true, force: true }))
  await using provider = await startOpenidServer()
  await using server = await startServerProcess({
    ...provider.settings,
    QUORY_DATA_DIR: dataDir,
    QUORY_LOG_LEVEL: 'silent',
  })
  await begin(server)
  await server.call('POST', '/v1/users', { email: 'bob@example.org', name: 'Bob' })
  await page.goto(`${server.url}/account`)
  const button = page.getByRole('link', { name: 'Sign in with Example Inc.' })
  const alert = page.getByRole('alert')

  provider.says({ sub: 'eve', email: 'eve@example.org', email_verified: true })
  await button.click()
  await expect(alert).toContainText('nobody has invited your verified e-mail address here')
  await shots(page, 'sign-in-openid-refused')

  provider.refuses('access_denied')
  await button.click()
  await expect(alert).toContainText('Signing in there did not work.')
  provider.refuses(undefined)

  provider.says({ sub: 'bob', email: 'bob@example.org', email_verified: true })
  await page.goto(`${server.url}/account`)
  await button.click()
  await expect(page).toHaveURL(`${server.url}/account`)
  await expect(page.getByRole('button', { name: 'Account: Bob' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Account', exact: true })).toBeVisible()
})
