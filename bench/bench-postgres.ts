/** A PostgreSQL of the bench's own, whose commits reach the disk; closed with the stack. */
export async function openBenchPostgres(stack: AsyncDisposableStack) {
  const { startPostgres } = await import('../packages/server/test/support/start-postgres.ts')
  const postgres = await startPostgres({ isDurable: true })
  stack.defer(() => postgres.stop())
  return postgres
}
