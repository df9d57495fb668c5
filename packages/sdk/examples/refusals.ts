import { createQuory, QuoryRequestError } from '@quory/sdk'

const { QUORY_URL: baseUrl = '', QUORY_KEY: apiKey = '' } = process.env
const quory = createQuory({ baseUrl, apiKey })

try {
  await quory.api.GET('/v1/projects/{project_id}', { params: { path: { project_id: 'no such project' } } })
} catch (error) {
  // Whatever is no success throws; a server that cannot be reached throws what `fetch` does.
  if (!(error instanceof QuoryRequestError)) throw error
  console.log(error.status, error.code, error.message)
}
