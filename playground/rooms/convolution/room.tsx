export function Convolution() {
  return <section class="panel" />;
}
