import { main } from "./rig.mjs";
import { tests as journey } from "./journey.mjs";
import { tests as states } from "./states.mjs";
import { tests as hostile } from "./hostile.mjs";
import { tests as ticks } from "./ticks.mjs";

await main({ ...journey, ...states, ...hostile, ...ticks });
