export function Yours() {
  return <section class="panel" />;
}
