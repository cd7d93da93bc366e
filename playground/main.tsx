// The page: its frame, and which room is shown. Rooms load when they are entered.

import { render } from "preact";
import { App } from "./app.js";

render(<App />, document.getElementById("app")!);
