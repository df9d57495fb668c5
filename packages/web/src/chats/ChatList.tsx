/** The project's chats, newest first. */
export function ChatList(_props: { readonly projectId: string; readonly onNavigate: () => void }) {
  return <div className="min-h-0 flex-1 overflow-y-auto" />
}
