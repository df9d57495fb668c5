import { answerStateOf, createQuory, type Message, readAnswer, reduceAnswer, type UploadResult } from '@quory/sdk'

const { QUORY_URL: baseUrl = '', QUORY_KEY: apiKey = '' } = process.env
const quory = createQuory({ baseUrl, apiKey })

const { data: project } = await quory.api.POST('/v1/projects', {
  body: { name: `Handbook ${Date.now()}`, organization_id: 'example' },
})
if (project === undefined) throw new Error('The server made no project')
const projectId = project.id

// Files are sent as a form. What they say is found as soon as they are read.
const form = new FormData()
form.append('files', new File(['Everyone has 28 days of holiday a year.'], 'handbook.md'))
const uploaded = await quory.request(`/v1/projects/${projectId}/data-sources/upload`, { method: 'POST', body: form })
const { data_sources: sources } = (await uploaded.json()) as UploadResult
for (let status = 'syncing'; status !== 'connected'; ) {
  await new Promise((resolve) => setTimeout(resolve, 100))
  const { data } = await quory.api.GET('/v1/projects/{project_id}/data-sources/{data_source_id}', {
    params: { path: { project_id: projectId, data_source_id: sources[0]?.id ?? '' } },
  })
  status = data?.status ?? 'error'
  if (status === 'error') throw new Error(data?.error ?? 'The file could not be read')
}

const { data: chat } = await quory.api.POST('/v1/projects/{project_id}/chats', {
  params: { path: { project_id: projectId } },
  body: { name: 'Holidays' },
})
if (chat === undefined) throw new Error('The server made no chat')
const inChat = { project_id: projectId, chat_id: chat.id }
const { data: sent } = await quory.api.POST('/v1/projects/{project_id}/chats/{chat_id}/messages', {
  params: { path: inChat },
  body: { content: 'How many days of holiday do I have?' },
})
// It would be the stream itself, had that been asked for.
const question = sent as Message
const messageId = String(question.metadata['assistant_message_id'])
const { data: reply } = await quory.api.GET('/v1/projects/{project_id}/chats/{chat_id}/messages/{message_id}', {
  params: { path: { ...inChat, message_id: messageId } },
})
if (reply === undefined) throw new Error('The answer is gone')

// Waits out lost lines and restarts of the server; each event comes once.
let answer = answerStateOf(reply)
for await (const event of readAnswer(quory, { projectId, chatId: chat.id, messageId })) {
  answer = reduceAnswer(answer, event)
}
console.log(answer.status, answer.text)
for (const citation of answer.citations) console.log(`[${citation.number}] ${citation.document_name}`)
