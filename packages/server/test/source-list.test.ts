import { describe, expect, it } from 'vitest'
import { engines } from './support/databases.ts'
import { aFile, aForm } from './support/forms.ts'
import { startTestApp, type TestApp } from './support/start-test-app.ts'

async function aProject(app: TestApp): Promise<string> {
  const { body } = await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })
  return `/v1/projects/${body.id}`
}

describe.each(engines)('the list of data sources on %s', (engine) => {
  it('is searched by name, in any case and with no meaning in signs, and reads newest first page by page', async () => {
    await using app = await startTestApp({ engine })
    const project = await aProject(app)
    for (const name of ['Prices 2025.txt', 'prices_2026.txt', 'Handbook.txt', '100% wool.txt'])
      await app.call('POST', `${project}/data-sources/upload`, aForm(['file', aFile(`All about ${name}`), name]))
    const named = async (query: string) => {
      const { body, headers } = await app.call('GET', `${project}/data-sources?${query}`)
      const names = body.data_sources.map(({ name }: { name: string }) => name)
      return { names, next: headers.get('x-next-cursor') }
    }
    expect((await named('q=PRICES')).names).toEqual(['Prices 2025.txt', 'prices_2026.txt'])
    expect((await named('q=s_2')).names).toEqual(['prices_2026.txt'])
    expect((await named('q=%25')).names).toEqual(['100% wool.txt'])
    expect((await named('q=nothing')).names).toEqual([])
    const first = await named('sort=newest&limit=3')
    expect(first.names).toEqual(['100% wool.txt', 'Handbook.txt', 'prices_2026.txt'])
    expect((await named(`sort=newest&limit=3&cursor=${first.next}`)).names).toEqual(['Prices 2025.txt'])
    expect((await named('')).names[0]).toBe('Prices 2025.txt')
  })
})
