import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import type { ServerProcess } from '../packages/server/test/support/server-process.ts'
import { takePicture } from './support/picture.ts'
import { aChat, aProject, ask, upload } from './support/projects.ts'
import { expect, test } from './support/test.ts'

interface Place {
  readonly project: string
  readonly chat: string
}

/** Every view there is, by name: where it is, and what is to be done to see it. */
const views: Readonly<Record<string, { path(place: Place): string; open?(page: Page): Promise<void> }>> = {
  'new chat': { path: ({ project }) => `/p/${project}` },
  conversation: { path: ({ project, chat }) => `/p/${project}/c/${chat}` },
  data: { path: ({ project }) => `/p/${project}/data` },
  training: {
    path: ({ project }) => `/p/${project}/data`,
    open: (page) => page.getByRole('tab', { name: 'Training' }).click(),
  },
  'add source': {
    path: ({ project }) => `/p/${project}/data`,
    open: (page) => page.getByRole('button', { name: 'Add a source' }).click(),
  },
  'add source, more settings': {
    path: ({ project }) => `/p/${project}/data`,
    open: async (page) => {
      await page.getByRole('button', { name: 'Add a source' }).click()
      await page.getByText('More settings').click()
    },
  },
  settings: { path: ({ project }) => `/p/${project}/settings` },
  members: {
    path: ({ project }) => `/p/${project}/settings`,
    open: (page) => page.getByRole('button', { name: 'Invite', exact: true }).scrollIntoViewIfNeeded(),
  },
  trash: { path: ({ project }) => `/p/${project}/chats/trash` },
  archive: { path: ({ project }) => `/p/${project}/chats/archived` },
  account: { path: () => '/account' },
  palette: { path: ({ project }) => `/p/${project}`, open: (page) => page.keyboard.press('ControlOrMeta+k') },
  shortcuts: { path: ({ project }) => `/p/${project}/data`, open: (page) => page.keyboard.press('?') },
  'not found': { path: () => '/nowhere' },
  'sign in': { path: () => '/sign-in' },
}

const longWord = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung'.repeat(2)

/** Whatever the heading stands in, to the whole page: each could be scrolled sideways. */
const isAnythingTooWide = `{
  let isTooWide = document.documentElement.scrollWidth > innerWidth
  for (let part = document.querySelector('main h1')?.parentElement; part != null; part = part.parentElement)
    isTooWide ||= part.scrollWidth > part.clientWidth + 1
  isTooWide
}`

let place: Place | undefined

async function aFurnishedProject(server: ServerProcess): Promise<Place> {
  const project = await aProject(server)
  await upload(server, project, 'handbook.md', '# Handbook\n\nEveryone has 28 days of holiday a year.\n')
  await upload(server, project, `${longWord.slice(0, 90)}.txt`, 'A file with a long name.')
  await aChat(server, project, longWord.slice(0, 100))
  const trashed = await aChat(server, project, 'Thrown away')
  await server.call('POST', `/v1/projects/${project}/chats/${trashed}/trash`)
  for (const email of ['grace@example.org', `${longWord.slice(0, 60)}@example.org`])
    await server.call('POST', `/v1/projects/${project}/invitations`, { email, role: 'editor' })
  const chat = await aChat(server, project, 'Holidays')
  await ask(server, project, chat, 'How many days of holiday do I have?')
  return { project, chat }
}

for (const theme of ['light', 'dark'] as const) {
  for (const [width, height, size] of [
    [1280, 800, 'wide'],
    [390, 844, 'phone'],
  ] as const) {
    for (const [name, { path, open }] of Object.entries(views)) {
      test(`${name}, ${theme}, ${size}: nothing that axe finds, nothing beside the screen`, async ({
        page,
        server,
        model,
      }) => {
        model.script([
          `Everyone has 28 days.\n\n| month | days |\n| --- | --- |\n| July | 14 |\n\n\`\`\`ts\nconst days = 28\n\`\`\`\n\n${longWord}`,
        ])
        place ??= await aFurnishedProject(server)
        await page.setViewportSize({ width, height })
        await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
        await page.goto(path(place))
        await page.locator('main, form').first().waitFor()
        await open?.(page)
        await takePicture(page, `${name.replaceAll(/,? /g, '-')}-${theme}-${size}`)
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
          .analyze()
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([])
        const isTooWide = await page.evaluate(isAnythingTooWide)
        expect(isTooWide).toBe(false)
      })
    }
  }
}
