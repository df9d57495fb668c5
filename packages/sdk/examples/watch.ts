import { createQuory, readFeed } from '@quory/sdk'

const { QUORY_URL: baseUrl = '', QUORY_KEY: apiKey = '' } = process.env
const quory = createQuory({ baseUrl, apiKey })

const onConnection = (connection: string) => console.log(connection)
for await (const event of readFeed(quory, { onConnection })) {
  if (event.type === 'start') console.log('fetch the lists anew')
  if (event.type === 'chat-changed') console.log(`${event.chat.name} changed`)
  if (event.type === 'answer-ended') console.log(`an answer ended as ${event.status}`)
}
