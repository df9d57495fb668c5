export function WelcomePage() {
  return <h1 className="p-12">WelcomePage</h1>
}
