/** A short tone with the news of an order, for those who have switched it on. */
import { preference } from "./preferences.js";

const TONES = { good: [660, 880], bad: [220, 165], caution: [330], plain: [440] }; // Hz, in turn.
const TONE_SECONDS = 0.12;
const LOUDNESS = 0.06;

let context = null;

export function play(kind) {
  if (preference("sound").value !== "on") return;
  context ??= new AudioContext();
  TONES[kind].forEach((frequency, place) => {
    const [from, tone, volume] = [
      context.currentTime + place * TONE_SECONDS,
      context.createOscillator(),
      context.createGain(),
    ];
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(LOUDNESS, from);
    volume.gain.exponentialRampToValueAtTime(LOUDNESS / 100, from + TONE_SECONDS);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + TONE_SECONDS);
  });
}
