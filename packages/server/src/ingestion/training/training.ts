import type { Selectable } from 'kysely'
import type { Schema } from '../../database/schema.ts'
import { QuoryError } from '../../errors.ts'
import type { ProjectId, SourceId, TrainingId } from '../../ids.ts'
import type { NewJob } from '../../jobs/job.ts'

/** A step is one data source, gone through whether or not it could be read. Never decreases. */
export interface TrainingProgress {
  readonly current_step: 'queued' | 'indexing' | 'completed' | 'failed'
  readonly steps_completed: number
  readonly total_steps: number
  readonly percent_complete: number
  readonly message: string
}

/** What the index holds of the named sources when a training has ended, and what it does not. */
export interface TrainingReport {
  readonly documents: number
  readonly passages: number
  /** As they are indexed: without those that say nothing, and twice where passages overlap. */
  readonly words: number
  readonly languages: readonly { readonly language: string; readonly documents: number }[]
  /** The first of what was left out or failed, each with its reason. */
  readonly skipped: readonly { readonly data_source_id: string; readonly name: string; readonly reason: string }[]
  readonly skipped_count: number
  /** From the request to the end. */
  readonly seconds: number
}

/** A run that reads some data sources again and replaces what the index has of them. */
export interface Training
  extends Omit<Selectable<Schema['trainings']>, 'data_source_ids' | 'progress' | 'report' | 'overview'> {
  /** Null until its end. */
  readonly report: TrainingReport | null
  readonly data_source_ids: readonly SourceId[]
  readonly progress: TrainingProgress
  /** What could not be read so far, a sentence each: kept with the progress, so that a restart forgets none. */
  readonly failures: readonly string[]
}

export interface TrainingRef {
  readonly projectId: ProjectId
  readonly trainingId: TrainingId
}

export function trainingNotFound(projectId: string, trainingId: string): QuoryError {
  return new QuoryError('training_not_found', `Training job with ID ${trainingId} not found for project ${projectId}`)
}

export const trainingKind = 'run-training'

export function trainingJob({ projectId, trainingId }: TrainingRef): NewJob {
  return { projectId, kind: trainingKind, payload: { trainingId } }
}

export function progressAt(
  current_step: TrainingProgress['current_step'],
  steps_completed: number,
  total_steps: number,
  message: string,
): TrainingProgress {
  const share = total_steps === 0 ? Number(current_step !== 'queued') : steps_completed / total_steps
  return { current_step, steps_completed, total_steps, percent_complete: Math.floor(share * 100), message }
}

/** What is gone through: each source once, in the order they were named. */
export function stepsOf({ data_source_ids }: Pick<Training, 'data_source_ids'>): SourceId[] {
  return [...new Set(data_source_ids)]
}
