import { z } from 'zod'
import type { ChatId } from '../../ids.ts'
import { idField, queryInteger, wordedText } from '../fields.ts'

const id = z.string().meta({ example: '0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b' })

export const messageSearch = z.object({
  q: wordedText({ max: 1_000 }).meta({ example: 'holiday' }),
  chat_id: idField<ChatId>().optional().meta({ description: 'Only in this chat of yours' }),
  limit: queryInteger({ min: 1, max: 50 }).default(20),
  cursor: z.string().optional().meta({ description: '`next_cursor` of the page before' }),
})
const foundMessage = z.object({
  message_id: id,
  chat_id: id,
  chat_name: z.string(),
  role: z.enum(['user', 'assistant', 'system']),
  created_at: z.string().meta({ format: 'date-time', example: '2026-11-22T20:13:48.123Z' }),
  snippet: z.string().meta({ description: 'The piece of the message that fits best, with … where it was cut' }),
  score: z.number().meta({ description: 'Compares within one search only' }),
})
export const foundMessages = z.object({
  messages: z.array(foundMessage),
  next_cursor: z.string().nullable(),
  is_complete: z.boolean().meta({
    description: 'False when not everything was searched: very much was said, or it is still being indexed',
  }),
})
