import { type Logger, pino, stdTimeFunctions } from 'pino'

export type { Logger }

/** JSON lines on standard error, so that standard output stays for people. Authorization and keys never reach it. */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      redact: ['req.headers.authorization', 'headers.authorization', 'req.headers.cookie', 'headers.cookie'],
    },
    // Synchronous: a log line written just before a crash is there to be read.
    pino.destination({ fd: 2, sync: true }),
  )
}
