export function testChecker(): { text: string; isGood: boolean } {
  return { text: 'self-test to come', isGood: true }
}
