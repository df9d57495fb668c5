import { expect, it } from 'vitest'
import { openDatabase } from '../src/database/open-database.ts'
import { createPostgresWakeUp } from '../src/database/postgres-wake-up.ts'
import { type FeedEvent, UserFeeds } from '../src/http/user-feeds.ts'
import { newId, type UserId } from '../src/ids.ts'
import { createLogger } from '../src/logger.ts'
import { createTestDatabase } from './support/databases.ts'
import { startMovingAddress } from './support/moving-address.ts'
import { until } from './support/start-test-app.ts'

it('a feed begins anew once its node hears the others, however early it was read', async () => {
  await using place = await createTestDatabase('postgres')
  const databaseUrl = place.databaseUrl ?? ''
  await using db = await openDatabase({ databaseUrl, dataDir: place.dataDir })
  await using address = await startMovingAddress(databaseUrl)
  const logger = createLogger('error')
  await using wakeUp = createPostgresWakeUp({ url: address.url, db, node: 'deaf', logger })
  await using feeds = new UserFeeds({ db, wakeUp, logger })
  const events: FeedEvent[] = []
  const stopping = new AbortController()
  const reading = (async () => {
    for await (const some of feeds.read(newId<UserId>(), stopping.signal)) events.push(...some)
  })()
  expect(wakeUp.isConnected).toBe(false)
  // Well before the feeds first look whether they are deaf, in a second from now.
  address.moveTo(databaseUrl)
  await until(
    async () => wakeUp.isConnected,
    (hears) => hears,
  )
  await until(
    async () => events,
    ({ length }) => length === 2,
    5_000,
  )
  expect(events).toEqual([{ type: 'start' }, { type: 'start' }])
  stopping.abort()
  await reading
})
