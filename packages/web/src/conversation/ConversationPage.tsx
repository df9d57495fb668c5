export function ConversationPage() {
  return <h1 className="p-12">ConversationPage</h1>
}
