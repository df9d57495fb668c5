import type { Queryable } from '../../database/database.ts'
import { stepsOf, type Training, type TrainingReport } from './training.ts'
import { countIndexed, listUnread } from './training-report-store.ts'

const maxSkipped = 100

/** What the index holds of the sources of a training, and what it does not. */
export async function summarizeTraining(db: Queryable, training: Training): Promise<TrainingReport> {
  const sources = stepsOf(training)
  const languages = await countIndexed(db, training.project_id, sources)
  const { files, count } = await listUnread(db, training.project_id, sources, maxSkipped)
  const sum = (of: 'documents' | 'passages' | 'words') => languages.reduce((total, each) => total + each[of], 0)
  return {
    documents: sum('documents'),
    passages: sum('passages'),
    words: sum('words'),
    languages: languages.map(({ language, documents }) => ({ language, documents })),
    skipped: files,
    skipped_count: count,
    seconds: Math.round((Date.now() - Date.parse(training.created_at)) / 100) / 10,
  }
}
