import type { ComponentType } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Notice } from "./parts/notice.js";
import { type Room, rooms } from "./rooms/rooms.js";

/** The room that the address names; the first one without. */
function roomInAddress(): Room {
  const id = location.hash.replace(/^#\/?/, "").split("/")[0];
  return rooms.find((room) => room.id === id) ?? rooms[0]!;
}

export function App() {
  const [room, setRoom] = useState(roomInAddress);
  const [opened, setOpened] = useState<{ room: Room; Content: ComponentType }>();
  const [failure, setFailure] = useState<string>();
  const heading = useRef<HTMLHeadingElement>(null);
  const nav = useRef<HTMLElement>(null);
  const entered = useRef(false);

  useEffect(() => {
    const follow = () => setRoom(roomInAddress());
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);

  useEffect(() => {
    document.title = `${room.title} · featuremap playground`;
    let current = true;
    setFailure(undefined);
    // Whoever walks by keyboard or hears the page is told where they are; not on arrival, when the page's top is right.
    if (entered.current) heading.current?.focus({ preventScroll: false });
    entered.current = true;
    showCurrent(nav.current!);
    room.load().then(
      (Content) => current && setOpened({ room, Content }),
      (error) => current && setFailure(whyClosed(error)),
    );
    return () => {
      current = false;
    };
  }, [room]);

  // What was opened before is not this room's.
  const Content = opened?.room === room ? opened.Content : undefined;
  return (
    <>
      <a
        class="skip"
        href="#room"
        onClick={(event) => {
          // Its address would be read as that of a room.
          event.preventDefault();
          heading.current!.focus();
        }}
      >
        Skip to the room
      </a>
      <header class="masthead">
        <a class="brand" href={`#/${rooms[0]!.id}`}>
          <img src="icon.svg" alt="" width="28" height="28" />
          <span>featuremap</span>
        </a>
        <nav aria-label="Rooms" ref={nav}>
          <ol>
            {rooms.map(({ id, title }) => (
              <li key={id}>
                <a href={`#/${id}`} aria-current={id === room.id ? "page" : undefined}>
                  {title}
                </a>
              </li>
            ))}
          </ol>
        </nav>
        <ThemeSwitch />
      </header>
      <main id="room" class={`room room-${room.id}`} aria-busy={!Content && !failure}>
        <div class="lead">
          <h1 ref={heading} tabIndex={-1}>
            {room.title}
          </h1>
          <p>{room.text}</p>
        </div>
        {failure && <Notice kind="error">{failure}</Notice>}
        {Content ? <Content key={room.id} /> : <div class="opening" />}
      </main>
      <footer class="foot">
        <p>
          Everything is computed in this page, {crossOriginIsolated ? "on several threads" : "on one thread"}.
          Nothing is sent anywhere.
          {!crossOriginIsolated &&
            " To use all cores, serve it with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp."}
        </p>
      </footer>
    </>
  );
}

/** What keeps a room from opening. A browser's TypeError is all that tells of a file that did not come. */
const whyClosed = (error: Error): string =>
  error instanceof TypeError
    ? "This room could not be loaded. Is the server still there? Reload the page."
    : `This room could not be opened: ${error.message}`;

/** Scrolls a row of links that is wider than the screen to the one of this room, and nothing else. */
function showCurrent(nav: HTMLElement): void {
  const link = nav.querySelector("[aria-current]")!.getBoundingClientRect();
  const { left, width } = nav.getBoundingClientRect();
  nav.scrollLeft += link.left - left - (width - link.width) / 2;
}

const THEMES = ["auto", "light", "dark"] as const;

/** Dark, light, or as the system has it. */
function ThemeSwitch() {
  const [theme, setTheme] = useState<string>(() => remembered());
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // A page without storage forgets.
    }
  }, [theme]);
  return (
    <label class="theme">
      <span class="hidden">Colours</span>
      <select value={theme} onChange={(event) => setTheme(event.currentTarget.value)}>
        {THEMES.map((name) => (
          <option key={name} value={name}>
            {name === "auto" ? "System" : name === "light" ? "Light" : "Dark"}
          </option>
        ))}
      </select>
    </label>
  );
}

function remembered(): string {
  try {
    const theme = localStorage.getItem("theme");
    return THEMES.find((name) => name === theme) ?? "auto";
  } catch {
    return "auto";
  }
}
