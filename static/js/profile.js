/** The profile is HTML; only its times are shown by the reader's own clock. */
import { start } from "./clock.js";

start();
