export function SettingsPage() {
  return <h1 className="p-12">SettingsPage</h1>
}
