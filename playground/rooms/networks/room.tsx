export function Networks() {
  return <section class="panel" />;
}
